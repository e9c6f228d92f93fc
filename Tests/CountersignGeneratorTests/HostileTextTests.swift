@testable import CountersignGenerator
import Testing

/// Attempts to break out of a literal or a comment with text of a schema.
@Suite("Hostile text")
struct HostileTextTests {
    static let texts = [
        #"""#, #"\"#, #"\""#, #"\\"#, #"\(exit(1))"#, "\\#(exit(1))", #"""""#, "*/ exit(1) /*", "// exit(1)",
        "\nexit(1)\n", "\r\nexit(1)", "\rexit(1)", "a\u{2028}exit(1)", "a\u{2029}exit(1)", "a\u{85}exit(1)",
        "\u{0}", "\u{1B}[31m", "\u{7F}", "\u{202E})1(tixe", "\u{2066}", "\u{FEFF}", "\u{200B}", "\u{E000}",
        "`exit(1)`", "${exit(1)}", "#\"", "\"#", "\"\"\"\n", "\t", "é\u{301}", "\u{301}", "👩‍👩‍👧", "日本語", "}",
        "\\u{22}", "line\\", "%s", "\u{0B}\u{0C}exit(1)",
    ]

    @Test("Text anywhere in a schema only changes comments and literals", arguments: texts)
    func isContained(text: String) throws {
        #expect(try code(of: schema(text)) == code(of: schema("harmless")))
    }

    @Test("A file name cannot break out of the first line", arguments: texts)
    func fileName(text: String) throws {
        let schema = schema("harmless")
        let source = try generate(schema, fileName: text + ".client.json")
        #expect(try code(of: source) == code(of: generate(schema, fileName: "a.client.json")))
    }

    @Test("A literal has the value of the text and contains only visible characters", arguments: texts)
    func literal(text: String) {
        let literal = SwiftLiteral.string(text)
        #expect(value(of: literal) == text)
        #expect(literal.unicodeScalars.allSatisfy(SwiftLiteral.isVisible))
    }

    /// Returns a schema with the text in every place where text is allowed.
    private func schema(_ text: String) -> String {
        let hostile = quoted(text)
        // Keys must differ from the other keys of their mapping.
        let key = quoted("x" + text)
        return """
            { "client": "TestAPI", "server": "https://api.example.com", "description": \(hostile),
              "auth": { "clientCredentials": { "issuer": "https://login.example.com", "audience": \(key),
                        "parameters": { \(key): \(key) } } },
              "types": {
                "Item": { "description": \(hostile), "deprecated": \(hostile), "fields": {
                  \(key): { "type": "string", "swift": "first", "default": \(hostile), "description": \(hostile) },
                  "b": { "list": "string", "default": [\(hostile)], "deprecated": \(hostile) } },
                  "others": "json" },
                "State": { "enum": { "first": \(key), "second": "b" } },
                "Closed": { "enum": { "first": \(key), "second": "b" }, "closed": true },
                "ID": { "wraps": "string" },
                "Choice": { "oneOf": { "item": "Item" }, "discriminator": \(key) } },
              "operations": {
                "getItem": { "get": "/items/{id}", "summary": \(hostile), "description": \(hostile),
                  "deprecated": \(hostile),
                  "path": { "id": { "type": "ID", "description": \(hostile) } },
                  "query": { \(key): { "type": "ID", "swift": "first", "default": \(hostile) } },
                  "returns": "Item" },
                "putItem": { "put": "/items", "body": { "fields": {
                  \(key): { "type": "State", "swift": "first" }, "c": "Closed", "d": "Choice" } },
                  "returns": "nothing" } } }
            """
    }

    /// Returns the generated source without comments and with empty literals.
    private func code(of source: String) throws -> String {
        var source = source
        if source.hasPrefix("{") || source.hasPrefix(" ") {
            source = try generate(source, fileName: "Test.client.json")
        }
        var code = ""
        for line in source.split(separator: "\n") {
            var rest = Substring(line.drop { $0 == " " })
            if rest.hasPrefix("//") { continue }
            while let scalar = rest.unicodeScalars.popFirst() {
                code.unicodeScalars.append(scalar)
                guard scalar == "\"" else { continue }
                while let inner = rest.unicodeScalars.first, inner != "\"" {
                    rest.unicodeScalars.removeFirst(inner == "\\" ? 2 : 1)
                }
                #expect(rest.unicodeScalars.popFirst() == "\"", "a literal ends on its line: \(line)")
                code += "\""
            }
        }
        // Line breaks depend on the length of the literals.
        return code.replacing(" ", with: "").replacing(",]", with: "]")
    }

    /// Returns the value of a literal in Swift.
    private func value(of literal: String) -> String {
        var value = String.UnicodeScalarView()
        var rest = Substring(literal).unicodeScalars.dropFirst().dropLast()
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                value.append(scalar)
                continue
            }
            switch escaped {
            case "n": value.append("\n")
            case "r": value.append("\r")
            case "t": value.append("\t")
            case "u":
                let digits = String(rest.prefix { $0 != "}" }.dropFirst())
                rest = rest.drop { $0 != "}" }.dropFirst()
                if let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) { value.append(scalar) }
            default: value.append(escaped)
            }
        }
        return String(value)
    }
}
