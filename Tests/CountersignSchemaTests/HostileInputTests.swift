@testable import CountersignSchema
import TestSupport
import Testing

@Suite("Hostile input")
struct HostileInputTests {
    /// Checks that the result is a schema or an error, and that all diagnostics are sorted.
    private func check(_ bytes: [UInt8], path: String) {
        let (schema, diagnostics) = Schema.read(path: path, bytes: bytes, unsupported: [])
        #expect((schema == nil) == diagnostics.contains { $0.severity == .error })
        #expect(diagnostics.map(\.location) == diagnostics.map(\.location).sorted())
        #expect(!diagnostics.contains { $0.message.contains("\n") || $0.location.line < 1 || $0.location.column < 1 })
    }

    @Test("Random bytes are rejected", arguments: ["a.client.yaml", "a.client.json"])
    func rejectsRandomBytes(path: String) {
        var random = SeededGenerator(seed: 1)
        let letters = Array("{}[]:,-#'\"|>&*!%@` \n\tab01.?<\u{FEFF}é".utf8)
        for round in 0..<2_000 {
            let count = Int.random(in: 0..<120, using: &random)
            let bytes: [UInt8] = (0..<count).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0...255, using: &random) : letters.randomElement(using: &random) ?? 0
            }
            check(bytes, path: path)
        }
    }

    @Test(
        "Mutations of valid schemas are read or rejected",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func survivesMutations(text: String) {
        var random = SeededGenerator(seed: UInt64(text.utf8.count))
        let original = Array(text.utf8)
        let words = ["optional ", "list of ", "{}", "[]", ": ", "\n", "  ", "nothing", "id", "Order", "- ", "\"", "#"]
        for _ in 0..<700 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: (words.randomElement(using: &random) ?? "").utf8, at: place)
                case 3: bytes.removeSubrange(place..<min(place + 30, bytes.count))
                default:
                    let other = Int.random(in: 0..<original.count, using: &random)
                    bytes.insert(contentsOf: original[other..<min(other + 40, original.count)], at: place)
                }
            }
            check(bytes, path: "a.client.yaml")
        }
    }

    static let deep: [(String, String)] = [
        ("a.client.yaml", String(repeating: "[", count: 10_000)),
        ("a.client.yaml", String(repeating: "{a: ", count: 10_000)),
        ("a.client.yaml", String(repeating: "- ", count: 10_000)),
        ("a.client.yaml", (0..<10_000).map { String(repeating: " ", count: min($0, 200)) + "a:\n" }.joined()),
        ("a.client.yaml", String(repeating: "? ", count: 10_000)),
        ("a.client.json", String(repeating: "[", count: 10_000)),
        ("a.client.json", String(repeating: "{\"a\":", count: 10_000)),
    ]

    @Test("Ten thousand levels of nesting are rejected", arguments: deep)
    func rejectsDepth(path: String, text: String) {
        let (schema, diagnostics) = Schema.read(text, path: path)
        #expect(schema == nil)
        #expect(diagnostics.count == 1)
    }

    @Test("64 levels of nesting are read, 65 are rejected")
    func limitsDepth() {
        func messages(_ depth: Int) -> [String] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return ["a.client.yaml", "a.client.json"].flatMap { path in
                Schema.read(text, path: path).diagnostics.map(\.message)
            }
        }
        #expect(messages(64) == Array(repeating: "a schema must be a mapping ('key: value'), not a list", count: 2))
        #expect(messages(65).first == "the file is nested more than 64 levels deep")
        #expect(messages(65).last?.hasPrefix("invalid JSON") == true)
    }

    @Test("Deeply nested types are rejected", arguments: ["list: ", "optional: ", "fields: { a: "])
    func rejectsDeepTypes(form: String) {
        let text = "types: { T: " + String(repeating: "{ \(form)", count: 28)
        let closing = String(repeating: form.contains("fields") ? "} }" : "}", count: 28)
        let bytes = Array((text + "string" + closing + " }\n").utf8)
        let messages = Schema.read(path: "a.client.yaml", bytes: bytes).diagnostics.map(\.message)
        #expect(messages.contains { $0.contains("nested too deeply") || $0.contains("duplicate 'optional'") })
        let words = "types: { T: " + String(repeating: "list of ", count: 100_000) + "string }\n"
        let longMessages = Schema.read(words).diagnostics.map(\.message)
        #expect(longMessages.contains("this type is too long"))
    }

    @Test("A chain of 50,000 types is read without a stack overflow")
    func readsLongChains() throws {
        let count = 50_000
        let aliases = (0..<count).map { "  A\($0): A\($0 + 1)\n" }.joined() + "  A\(count): string\n"
        let structures = (0..<count).map { "  S\($0): { fields: { a: S\($0 + 1) } }\n" }.joined() + "  S\(count): A0\n"
        let text =
            "client: A\nserver: https://a.example\ntypes:\n\(aliases)\(structures)"
            + "operations: { get: { get: /a, returns: S0 } }\n"
        let (schema, diagnostics) = Schema.read(text)
        #expect(diagnostics == [])
        #expect(try #require(schema).types.count == 2 * count + 2)
    }

    @Test("A file of 10 MB is read or rejected", arguments: ["a.client.yaml", "a.client.json"])
    func readsLargeFiles(path: String) {
        let text = "{\"description\": \"" + String(repeating: "x", count: 10 << 20) + "\"}"
        let messages = Schema.read(text, path: path).diagnostics.map(\.message)
        #expect(messages.count == 3)
        let list = "{\"operations\": [" + String(repeating: "1,", count: 1 << 20) + "1]}"
        #expect(Schema.read(list, path: path).diagnostics.count == 3)
    }

    @Test("A file of more than 16 MB is rejected without being parsed")
    func rejectsLargerFiles() {
        let diagnostics = Schema.read(path: "a.client.yaml", bytes: [UInt8](repeating: 0x20, count: 16 << 20 + 1))
            .diagnostics
        #expect(diagnostics.map(\.description) == ["a.client.yaml:1:1: error: the file is larger than 16 MB"])
    }

    static let encodings: [([UInt8], String)] = [
        (Array("client: A\nserver: \u{FC}".utf8.dropLast()), "2:9: error: the file is not valid UTF-8"),
        ([0xFF, 0xFE, 0x61, 0x00], "1:1: error: the file is not valid UTF-8"),
        (Array("client: A\n".utf8) + [0x61, 0x01], "2:2: error: control characters are not allowed"),
        (Array("client: A\n".utf8) + [0x00], "2:1: error: control characters are not allowed"),
        ([], "1:1: error: the file is empty; expected 'client', 'server' and 'operations'"),
        ([0xEF, 0xBB, 0xBF], "1:1: error: the file is empty; expected 'client', 'server' and 'operations'"),
    ]

    @Test("Bytes that are not UTF-8 text are rejected with their location", arguments: encodings)
    func rejectsOtherEncodings(bytes: [UInt8], expected: String) {
        let diagnostics = Schema.read(path: "a.client.yaml", bytes: bytes).diagnostics
        #expect(diagnostics.map(\.description) == ["a.client.yaml:\(expected)"])
    }
}
