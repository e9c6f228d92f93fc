/// What the tool is asked for.
struct Arguments {
    static let usage = """
        usage: countersign-generate <schema> --output <file> [--without-sign-in <target>] [--beside <schema>]…
        """

    let schema: String
    let output: String
    /// The target that the client is for, where that cannot import CountersignOIDC.
    var targetWithoutSignIn: String?
    /// The other schemas of the target, whose clients have other names.
    var others: [String] = []

    /// - Parameter words: What follows the name of the program. Anything but arguments that are understood gives nil.
    init?(_ words: [String]) {
        guard words.count >= 3, words.count % 2 == 1, words[1] == "--output" else { return nil }
        schema = words[0]
        output = words[2]
        for index in stride(from: 3, to: words.count, by: 2) {
            switch words[index] {
            case "--without-sign-in": targetWithoutSignIn = words[index + 1]
            case "--beside": others.append(words[index + 1])
            default: return nil
            }
        }
    }
}
