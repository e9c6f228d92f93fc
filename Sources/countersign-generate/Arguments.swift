/// The command-line arguments of the tool.
struct Arguments {
    static let usage =
        "usage: countersign-generate <schema> --output <file> [--beside <schema>]… [--without-sign-in <target>]"

    let schema: String
    let output: String
    /// The other schemas of the target, whose clients must have other names.
    var others: [String] = []
    /// The name of the target, if it cannot import CountersignOIDC.
    var targetWithoutSignIn: String?

    /// Parses the arguments; nil if they are invalid.
    ///
    /// - Parameter words: The arguments without the name of the program.
    init?(_ words: [String]) {
        guard words.count >= 3, words[1] == "--output", words.count % 2 == 1 else { return nil }
        schema = words[0]
        output = words[2]
        for index in stride(from: 3, to: words.count, by: 2) {
            switch words[index] {
            case "--beside": others.append(words[index + 1])
            case "--without-sign-in": targetWithoutSignIn = words[index + 1]
            default: return nil
            }
        }
    }
}
