@testable import CountersignSchema
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
    static let faulty = [
        FaultySchema.syntax, FaultySchema.types, FaultySchema.operations, FaultySchema.authorization,
        FaultySchema.client, FaultySchema.calls, FaultySchema.remedies, FaultySchema.habits,
    ]

    @Test("All errors of a file are reported in one run, in order, with what to do", arguments: faulty.joined())
    func reportsErrors(_ faulty: FaultySchema) {
        let (schema, diagnostics) = Schema.read(path: "a.client.yaml", bytes: Array(faulty.text.utf8), unsupported: [])
        #expect(diagnostics.map(\.description) == faulty.expected.map { "a.client.yaml:\($0)" })
        #expect((schema == nil) == diagnostics.contains { $0.severity == .error })
    }

    @Test("A message about a secret does not contain the secret")
    func hidesSecrets() throws {
        let faulty = try #require(FaultySchema.authorization.first { $0.text.contains("hunter2") })
        let diagnostics = Schema.read(faulty.text).diagnostics
        #expect(diagnostics.count >= 6)
        #expect(!diagnostics.contains { $0.message.contains("hunter2") || $0.message.contains("eyJ") })
    }

    @Test("Beyond 1,000 problems, further ones are counted but not listed")
    func limitsTheirNumber() {
        let text = (0..<3_000).map { "key\($0): x\n" }.joined()
        let diagnostics = Schema.read(text).diagnostics
        #expect(diagnostics.count == 1_001)
        #expect(diagnostics.last?.severity == .note)
        #expect(diagnostics.last?.message == "2003 more problems are not shown")
    }

    @Test("Text of the file is quoted in a message on one line, and shortened")
    func cleansText() {
        let key = String(repeating: "x", count: 500)
        let text = "client: A\nserver: https://a.example\noperations: {}\n\"a\\nb\\e[31m\": c\n\(key): d\n"
        let messages = Schema.read(text).diagnostics.map(\.message)
        #expect(messages.count == 2)
        #expect(messages.first?.hasPrefix("unknown key 'a\u{FFFD}b\u{FFFD}[31m' in the schema") == true)
        #expect(messages.last?.hasPrefix("unknown key '\(key.prefix(60))…' in the schema") == true)
    }
}
