import Testing

/// A schema file with errors, and all diagnostics that it must produce.
struct FaultySchema: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    /// The diagnostics as `line:column: severity: message`.
    let expected: [String]

    init(_ name: String, _ text: String, expected: [String]) {
        self.name = name
        self.text = text + "\n"
        self.expected = expected
    }

    var testDescription: String { name }
}
