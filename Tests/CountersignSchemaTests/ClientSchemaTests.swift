@testable import CountersignSchema
import Foundation
import TestSupport
import Testing

/// Schemas/client.schema.json and the validator say the same.
@Suite("The JSON Schema")
struct ClientSchemaTests {
    static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Schemas/client.schema.json")
    let schema: JSONSchema

    init() throws {
        schema = JSONSchema(root: try Self.instance(String(contentsOf: Self.file, encoding: .utf8), path: "a.json"))
    }

    static func instance(_ text: String, path: String = "a.client.yaml") throws -> JSONSchema.Instance {
        let diagnostics = DiagnosticCollector(path: path)
        let node = SourceNode.read(path: path, bytes: Array(text.utf8), diagnostics: diagnostics)
        return .init(try #require(diagnostics.hasErrors ? nil : node))
    }

    static func messages(_ text: String) -> [String] {
        Schema.read(path: "a.client.yaml", bytes: Array(text.utf8), unsupported: []).diagnostics
            .filter { $0.severity == .error }.map(\.message)
    }

    // MARK: Keys

    /// Every word that is a key for the validator.
    static let keys = Set(
        [
            SchemaBuilder.keys, SchemaBuilder.overlayKeys, SchemaBuilder.serverKeys, SchemaBuilder.kinds,
            SchemaBuilder.apiKeyKeys, SchemaBuilder.proofKeys, SchemaBuilder.tokenKeys,
            SchemaBuilder.clientCredentialsKeys, SchemaBuilder.userKeys, SchemaBuilder.tokenExchangeKeys,
            SchemaBuilder.declarationKeys,
            SchemaBuilder.fieldKeys, SchemaBuilder.otherBodies, SchemaBuilder.operationKeys,
            SchemaBuilder.responseKeys, SchemaBuilder.paginationKeys, ["only", "style", "default"],
            // Of `include`, which the validator does not read yet.
            ["tags"],
        ].joined()
    )

    /// The properties of every object of the JSON Schema, by where it stands.
    private func objects() throws -> [(place: String, properties: [String: JSONSchema.Instance])] {
        var found: [(String, [String: JSONSchema.Instance])] = [("the root", schema.root["properties"]?.members ?? [:])]
        for (name, definition) in try #require(schema.root["$defs"]).members {
            if let properties = definition["properties"] { found.append((name, properties.members)) }
        }
        return found
    }

    @Test("It knows the same keys as the validator, and no others")
    func knowsTheSameKeys() throws {
        let properties = Set(try objects().flatMap(\.properties.keys))
        #expect(properties.symmetricDifference(Self.keys) == [])
    }

    @Test("Every key and every word to choose has a description")
    func describesEverything() throws {
        for (place, properties) in try objects() {
            for (key, property) in properties {
                #expect(try schema.resolved(property)["description"]?.string != nil, "'\(key)' of \(place)")
            }
        }
        for (name, definition) in try #require(schema.root["$defs"]).members {
            for choice in (definition["oneOf"]?.elements ?? []) + (definition["anyOf"]?.elements ?? [])
            where choice["const"] != nil {
                #expect(choice["description"]?.string != nil || name == "conformances", "a word of '\(name)'")
            }
        }
    }

    /// The words to choose from, by the definition that lists them.
    static let choices: [(String, [String])] = [
        ("algorithm", OAuthParameters.ProofAlgorithm.allCases.map(\.rawValue)),
        ("clientAuthentication", OAuthParameters.ClientAuthentication.allCases.map(\.rawValue)),
        ("access", Schema.Access.allCases.map(\.rawValue)), ("style", Parameter.Style.allCases.map(\.rawValue)),
        ("conformances", Schema.Conformance.allCases.map(\.rawValue)),
        ("form.timestamp", Scalar.TimestampFormat.allCases.map(\.rawValue)), ("words", TypeWord.scalars.keys.sorted()),
        ("only", ["request", "response"]), ("auth", ["none", "token", "bearer", "basic"]),
    ]

    @Test("It offers the same words as the validator", arguments: choices)
    func offersTheSameWords(_ name: String, _ words: [String]) throws {
        let definition = try #require(schema.root["$defs"]?[name])
        let choices = (definition["oneOf"] ?? definition["anyOf"])?.elements.compactMap { $0["const"]?.string }
        #expect(choices?.sorted() == words.sorted())
    }

    /// Every place where keys stand: a schema with one key too many, `KEY`.
    static let places: [(String, String)] = [
        ("the root", root("KEY: x")),
        ("a server", root("servers: { a: { KEY: x, url: 'https://a.example' } }\noperations: {}")),
        ("clientCredentials", root("auth: { clientCredentials: { KEY: x, issuer: 'https://a.example' } }")),
        ("authorizationCode", root("auth: { authorizationCode: { KEY: x, issuer: 'https://a.example' } }")),
        ("device", root("auth: { device: { KEY: x, issuer: 'https://a.example' } }")),
        ("tokenExchange", root("auth: { tokenExchange: { KEY: x, issuer: 'https://a.example' } }")),
        ("a scheme", root("auth: { a: { KEY: {} } }")),
        ("bearer", root("auth: { bearer: { KEY: x } }")),
        ("apiKey", root("auth: { apiKey: { KEY: x } }")),
        ("dpop", root("auth: { clientCredentials: { issuer: 'https://a.example', dpop: { KEY: x } } }")),
        ("a type", root("types: { T: { KEY: x } }")),
        ("a field", root("types: { T: { fields: { a: { KEY: x } } } }")),
        ("a type in a type", root("types: { T: { list: { KEY: x } } }")),
        ("an operation", root("operations: { a: { KEY: x } }")),
        ("a path parameter", operation("path: { a: { KEY: x } }")),
        ("a query parameter", operation("query: { a: { KEY: x } }")),
        ("a header", operation("headers: { a: { KEY: x } }")),
        ("a form", operation("body: { form: { a: { KEY: x } } }")),
        ("a part", operation("multipart: { a: { KEY: x } }")),
        ("a body", operation("body: { KEY: x }")),
        ("an answer", operation("returns: { 200: { KEY: x } }")),
        ("an error", operation("errors: { 404: { KEY: x } }")),
        ("an answer's header", operation("returns: { 200: { headers: { a: { KEY: x } } } }")),
        ("events", operation("returns: { events: { KEY: x } }")),
        ("paginate", operation("paginate: { KEY: x }")),
    ]

    private static func root(_ text: String) -> String {
        "client: A\nserver: https://a.example\n" + (text.contains("operations") ? text : text + "\noperations: {}")
    }

    private static func operation(_ text: String) -> String {
        let returns = text.contains("returns") ? "" : ", returns: nothing"
        return root("operations: { a: { put: /a, \(text)\(returns) } }")
    }

    @Test("At every place, it knows the keys that the validator knows there", arguments: places)
    func knowsTheKeysOfAPlace(_ place: String, _ text: String) throws {
        let known = try schema.keys(besides: "KEY", in: Self.instance(text))
        var keys = Self.keys
        // Without 'openapi', the validator does not know these.
        if place == "the root" { keys.subtract(SchemaBuilder.overlayKeys) }
        for key in keys.sorted() {
            let isUnknown = Self.messages(text.replacing("KEY", with: key)).contains {
                $0.hasPrefix("unknown key '\(key)' in ") || $0.hasPrefix("unknown kind of scheme '\(key)'")
                    || (key == "style" && $0 == "'style' is for query parameters only")
            }
            #expect(known.contains(key) != isUnknown, "'\(key)' in \(place)")
        }
    }

    // MARK: Documents

    @Test(
        "It accepts every schema file that the validator accepts",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func acceptsExamples(_ text: String) throws {
        #expect(Self.messages(text) == [])
        #expect(try schema.accepts(Self.instance(text)))
    }

    @Test(
        "Whatever the validator accepts, it accepts",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func acceptsMutations(_ text: String) throws {
        var random = HostileInputTests.SeededGenerator(seed: UInt64(text.utf8.count))
        let parts = text.matches(of: /[\w.-]+|[^\w.-]+/).map { String($0.output) }
        let words = Array(Set(parts.filter { $0.first?.isLetter == true })).sorted() + Self.keys.sorted()
        var accepted = 0
        for _ in 0..<150 {
            var parts = parts
            let place = Int.random(in: parts.indices, using: &random)
            parts[place] = Bool.random(using: &random) ? "" : words.randomElement(using: &random) ?? ""
            let text = parts.joined()
            guard Self.messages(text) == [] else { continue }
            accepted += 1
            #expect(try schema.accepts(Self.instance(text)), "\(text)")
        }
        #expect(accepted > 20)
    }

    @Test("It accepts an overlay of an OpenAPI document")
    func acceptsOverlay() throws {
        let text = """
            client: DriveAPI
            openapi: ./drive.openapi.yaml
            include: { tags: [files], operations: [about.get] }
            auth: { user: { authorizationCode: { dpop: true } } }
            rename: { files.list: listFiles }
            paginate: { files.list: { items: files, next: nextPageToken, into: pageToken } }
            """
        #expect(try schema.accepts(Self.instance(text)))
    }

    @Test("It accepts and refuses what the validator does", arguments: documents)
    func agrees(_ isValid: Bool, _ text: String) throws {
        let messages = Self.messages(text)
        #expect(messages.isEmpty == isValid, "the validator on \(text): \(messages)")
        #expect(try schema.accepts(Self.instance(text)) == isValid, "the JSON Schema on \(text)")
    }

    @Test("What only the validator can know, the JSON Schema lets pass", arguments: beyond)
    func letsPass(_ text: String) throws {
        #expect(Self.messages(text) != [])
        #expect(try schema.accepts(Self.instance(text)))
    }
}
