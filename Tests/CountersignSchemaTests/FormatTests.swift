@testable import CountersignSchema
import Testing

@Suite("YAML and JSON")
struct FormatTests {
    @Test(
        "A schema has the same meaning in JSON and in YAML",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func readsBothAlike(_ text: String) throws {
        let diagnostics = DiagnosticCollector(path: "a.client.yaml")
        let document = try #require(SourceDocument(parsing: Array(text.utf8), diagnostics: diagnostics))
        let fromYAML = try #require(parsedSchema(text))
        let fromJSON = try #require(parsedSchema(json(document.root), path: "a.client.json"))
        #expect(outline(fromYAML) == outline(fromJSON))
    }

    @Test("A schema may refer to its JSON Schema with `$schema`", arguments: ["json", "yaml"])
    func namesItsSchema(_ ending: String) throws {
        let text = """
            {"$schema": "../client.schema.json", "client": "A", "server": "https://a.example",
             "operations": {"a": {"get": "/a", "returns": "nothing"}}}
            """
        let (schema, diagnostics) = Schema.read(text, path: "a.client.\(ending)")
        #expect(diagnostics == [])
        #expect(schema?.name == "A")
        #expect(try ClientSchemaTests().schema.accepts(ClientSchemaTests.instance(text, path: "a.\(ending)")))
    }

    /// Returns the node as JSON, with plain numbers and booleans as JSON numbers and booleans.
    private func json(_ node: SourceNode) -> String {
        switch node.content {
        case .scalar(let scalar):
            let isJSON = scalar.text == "true" || scalar.text == "false" || Int(scalar.text) != nil
            return isJSON && scalar.style == .plain ? scalar.text : literal(scalar.text)
        case .sequence(let elements): return "[" + elements.map(json).joined(separator: ", ") + "]"
        case .mapping(let entries):
            return "{\n" + entries.map { "\(literal($0.key.text)): \(json($0.value))" }.joined(separator: ",\n") + "}"
        }
    }

    private func literal(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    static let faultyJSON: [(String, [String])] = [
        ("{\"client\": \"A\",\n \"client\": \"B\"}", ["2:2: error: duplicate key 'client'; the first is at 1:2"]),
        (
            "{\n  \"client\": \"A\", \"ü\": 1, \"servr\": 2, \"server\": null, \"operations\": {}\n}",
            [
                "2:18: error: unknown key 'ü' in the schema; expected one of client, description, server, servers, "
                    + "timeout, access, stub, conformances, auth, errors, types, operations, $schema",
                "2:26: error: unknown key 'servr' in the schema; did you mean 'server'?",
                "2:48: error: 'server' must be text, not nothing",
            ]
        ),
        ("[]", ["1:1: error: a schema must be a mapping ('key: value'), not a list"]),
    ]

    @Test("A diagnostic in a JSON file has its location", arguments: faultyJSON)
    func locatesErrorsInJSON(_ text: String, _ expected: [String]) {
        let diagnostics = Schema.read(text, path: "a.client.json").diagnostics.map(\.description)
        for line in expected { #expect(diagnostics.contains("a.client.json:\(line)")) }
    }

    @Test("Invalid JSON is rejected with the location of the error")
    func rejectsInvalidJSON() throws {
        let diagnostics = Schema.read("{\n  \"client\" \"A\"}", path: "a.client.json").diagnostics
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.location == SourceLocation(line: 2, column: 12))
        #expect(diagnostics.first?.message.hasPrefix("invalid JSON: ") == true)
    }

    static let small = "client: A\nserver: https://a.example\noperations: { get: { get: /a, returns: nothing } }\n"

    @Test("A byte order mark, CRLF, a lone CR and a YAML directive make no difference")
    func takesVariants() throws {
        let expected = outline(try #require(parsedSchema(Self.small)))
        for text in [
            "\u{FEFF}" + Self.small, Self.small.replacing("\n", with: "\r\n"), Self.small.replacing("\n", with: "\r"),
            "%YAML 1.2\n---\n" + Self.small + "...\n", "# a comment\n\n" + Self.small,
        ] {
            #expect(outline(try #require(parsedSchema(text))) == expected)
        }
    }

    @Test("A column counts characters, after a byte order mark and after text beyond ASCII")
    func countsCharacters() {
        let text =
            "\u{FEFF}cliend: A\nserver: https://a.example\nclient: A\noperations: { \"ü💥\": { gte: /a, returns: nothing } }\n"
        let diagnostics = Schema.read(text).diagnostics
        #expect(diagnostics.map(\.location.line) == [1, 4])
        #expect(diagnostics.map(\.location.column) == [1, 23])
    }

    @Test("Text in the first line that is cut off by '#' is reported after a byte order mark")
    func reportsCutOffTextAfterByteOrderMark() {
        let text = "\u{FEFF}description: Fetches item #1\n" + Self.small
        let expected = "1:14: error: 'description' ends where '#' starts a comment; put the text in quotes"
        #expect(Schema.read(text).diagnostics.map(\.description) == ["a.client.yaml:" + expected])
    }
}
