enum Check {
    static func run() async throws {}
}
