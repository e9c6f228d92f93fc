/// The load generator `wrk`, which measures the upper bound for a client.
struct Wrk {
    private let command: Command

    /// Looks up the program.
    ///
    /// - Returns: nil if it is not installed.
    init?() {
        guard let command = Command("wrk") else { return nil }
        self.command = command
    }

    /// Measures one second with as many connections as `tasks`.
    func measure(tasks: Int, _ url: String) throws -> Load {
        let output = try command.output("-t\(min(tasks, 2))", "-c\(tasks)", "-d1s", "--latency", url)
        let words = output.split(whereSeparator: \.isWhitespace)
        func word(after label: Substring) -> Substring? {
            words.firstIndex(of: label).flatMap { words.dropFirst($0 + 1).first }
        }
        return Load(
            requestsPerSecond: word(after: "Requests/sec:").flatMap { Double($0) } ?? .nan,
            latencies: (Self.microseconds(word(after: "50%")), Self.microseconds(word(after: "99%"))),
            cpu: .nan
        )
    }

    /// Converts a duration such as `147.00us` or `1.42ms` to microseconds.
    private static func microseconds(_ text: Substring?) -> Double {
        guard let text else { return .nan }
        let number = Double(text.prefix { $0.isNumber || $0 == "." }) ?? .nan
        return text.hasSuffix("us") ? number : text.hasSuffix("ms") ? number * 1e3 : number * 1e6
    }
}
