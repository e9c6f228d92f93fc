/// What the tool is asked for.
struct Arguments {
    static let usage = "usage: countersign-generate <schema> --output <file> [--beside <schema>]…"

    let schema: String
    let output: String
    /// The other schemas of the target, whose clients have other names.
    var others: [String] = []

    /// - Parameter words: What follows the name of the program; nil when that is anything else.
    init?(_ words: [String]) {
        guard words.count >= 3, words[1] == "--output", words.count % 2 == 1 else { return nil }
        schema = words[0]
        output = words[2]
        for index in stride(from: 3, to: words.count, by: 2) {
            guard words[index] == "--beside" else { return nil }
            others.append(words[index + 1])
        }
    }
}
