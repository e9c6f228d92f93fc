@testable import CountersignSchema
import Testing

/// A schema file with mistakes, and everything that has to be said about it.
struct FaultySchema: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    /// Each as `line:column: severity: message`.
    let expected: [String]

    init(_ name: String, _ text: String, expected: [String]) {
        self.name = name
        self.text = text + "\n"
        self.expected = expected
    }

    var testDescription: String { name }
}

@Suite("Diagnostics")
struct DiagnosticTests {
    static let faulty = [
        FaultySchema.syntax, FaultySchema.types, FaultySchema.operations, FaultySchema.authorization,
        FaultySchema.client, FaultySchema.calls, FaultySchema.remedies,
    ]

    @Test("Every mistake of a file is reported in one run, in order, with what to do", arguments: faulty.joined())
    func reportsMistakes(_ faulty: FaultySchema) {
        let (schema, diagnostics) = Schema.parse(path: "a.client.yaml", bytes: Array(faulty.text.utf8), unsupported: [])
        #expect(diagnostics.map(\.description) == faulty.expected.map { "a.client.yaml:\($0)" })
        #expect((schema == nil) == diagnostics.contains { $0.severity == .error })
    }

    @Test("No message about a secret repeats it")
    func hidesSecrets() throws {
        let faulty = try #require(FaultySchema.authorization.first { $0.text.contains("hunter2") })
        let diagnostics = Schema.parse(path: "a.client.yaml", bytes: Array(faulty.text.utf8)).diagnostics
        #expect(diagnostics.count >= 6)
        #expect(!diagnostics.contains { $0.message.contains("hunter2") || $0.message.contains("eyJ") })
    }

    @Test("More problems than anyone reads are counted, not listed")
    func limitsTheirNumber() {
        let text = (0..<3_000).map { "key\($0): x\n" }.joined()
        let diagnostics = Schema.parse(path: "a.client.yaml", bytes: Array(text.utf8)).diagnostics
        #expect(diagnostics.count == 1_001)
        #expect(diagnostics.last?.severity == .note)
        #expect(diagnostics.last?.message == "2003 more problems are not shown")
    }

    @Test("Text of the file stands in a message on one line, and not at full length")
    func cleansText() {
        let key = String(repeating: "x", count: 500)
        let text = "client: A\nserver: https://a.example\noperations: {}\n\"a\\nb\\e[31m\": c\n\(key): d\n"
        let messages = Schema.parse(path: "a.client.yaml", bytes: Array(text.utf8)).diagnostics.map(\.message)
        #expect(messages.count == 2)
        #expect(messages.first?.hasPrefix("unknown key 'a\u{FFFD}b\u{FFFD}[31m' in the schema") == true)
        #expect(messages.last?.hasPrefix("unknown key '\(key.prefix(60))…' in the schema") == true)
    }
}
