@testable import CountersignSchema
import Foundation
import TestSupport
import Testing

/// Checks that Schemas/client.schema.json and the validator agree.
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
        let document = SourceDocument(parsing: Array(text.utf8), diagnostics: diagnostics)
        return .init(try #require(diagnostics.hasErrors ? nil : document?.root))
    }

    static func messages(_ text: String) -> [String] {
        Schema.read(path: "a.client.yaml", bytes: Array(text.utf8), unsupported: []).diagnostics
            .filter { $0.severity == .error }.map(\.message)
    }

    // MARK: Keys

    /// All keys that the validator knows.
    static let keys = Set(
        [
            SchemaBuilder.keys, SchemaBuilder.overlayKeys, SchemaBuilder.serverKeys, SchemaBuilder.kinds,
            SchemaBuilder.apiKeyKeys, SchemaBuilder.proofKeys, SchemaBuilder.tokenKeys,
            SchemaBuilder.clientCredentialsKeys, SchemaBuilder.userKeys, SchemaBuilder.tokenExchangeKeys,
            SchemaBuilder.declarationKeys,
            SchemaBuilder.fieldKeys, SchemaBuilder.otherBodies, SchemaBuilder.operationKeys,
            SchemaBuilder.responseKeys, SchemaBuilder.paginationKeys, ["only", "style", "default"],
            // A key of `include`, which the validator does not support yet.
            ["tags"],
        ].joined()
    )

    /// Returns the properties of every object of the JSON Schema, by its definition.
    private func objects() throws -> [(place: String, properties: [String: JSONSchema.Instance])] {
        var found: [(String, [String: JSONSchema.Instance])] = [("the root", schema.root["properties"]?.members ?? [:])]
        for (name, definition) in try #require(schema.root["$defs"]).members {
            if let properties = definition["properties"] { found.append((name, properties.members)) }
        }
        return found
    }

    @Test("The JSON Schema has exactly the keys of the validator")
    func knowsTheSameKeys() throws {
        let properties = Set(try objects().flatMap(\.properties.keys))
        #expect(properties.symmetricDifference(Self.keys) == [])
    }

    @Test("Every key and every choice has a description")
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

    /// The choices, by the definition that lists them.
    static let choices: [(String, [String])] = [
        ("algorithm", OAuthParameters.ProofAlgorithm.allCases.map(\.rawValue)),
        ("clientAuthentication", OAuthParameters.ClientAuthentication.allCases.map(\.rawValue)),
        ("access", Schema.Access.allCases.map(\.rawValue)), ("style", Parameter.Style.allCases.map(\.rawValue)),
        ("conformances", Schema.Conformance.allCases.map(\.rawValue)),
        ("form.timestamp", Scalar.TimestampFormat.allCases.map(\.rawValue)), ("words", TypeWord.scalars.keys.sorted()),
        ("only", ["request", "response"]), ("auth", ["none", "token", "bearer", "basic"]),
    ]

    @Test("The JSON Schema offers the same choices as the validator", arguments: choices)
    func offersTheSameWords(_ name: String, _ words: [String]) throws {
        let definition = try #require(schema.root["$defs"]?[name])
        let choices = (definition["oneOf"] ?? definition["anyOf"])?.elements.compactMap { $0["const"]?.string }
        #expect(choices?.sorted() == words.sorted())
    }

    /// All places for keys, each as a schema with an additional key `KEY`.
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
        ("a response", operation("returns: { 200: { KEY: x } }")),
        ("an error", operation("errors: { 404: { KEY: x } }")),
        ("a response header", operation("returns: { 200: { headers: { a: { KEY: x } } } }")),
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

    @Test("The JSON Schema allows the same keys as the validator in every place", arguments: places)
    func knowsTheKeysOfAPlace(_ place: String, _ text: String) throws {
        let known = try schema.keys(ofObjectWith: "KEY", in: Self.instance(text))
        var keys = Self.keys
        // The validator knows these only together with 'openapi'.
        if place == "the root" { keys.subtract(SchemaBuilder.overlayKeys) }
        for key in keys.sorted() {
            let isUnknown = Self.messages(text.replacing("KEY", with: key)).contains {
                $0.hasPrefix("unknown key '\(key)' in ") || $0.hasPrefix("unknown kind of scheme '\(key)'")
                    || (key == "style" && $0 == "'style' is only allowed for query parameters")
            }
            #expect(known.contains(key) != isUnknown, "'\(key)' in \(place)")
        }
    }

    // MARK: Documents

    @Test(
        "The JSON Schema accepts the example schemas",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func acceptsExamples(_ text: String) throws {
        #expect(Self.messages(text) == [])
        #expect(try schema.accepts(Self.instance(text)))
    }

    @Test(
        "The JSON Schema accepts all mutations of schemas that the validator accepts",
        arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders]
    )
    func acceptsMutations(_ text: String) throws {
        var random = SeededGenerator(seed: UInt64(text.utf8.count))
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

    @Test("The JSON Schema accepts an overlay of an OpenAPI document")
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

    @Test("The JSON Schema accepts and rejects the same schemas as the validator", arguments: documents)
    func agrees(_ isValid: Bool, _ text: String) throws {
        let messages = Self.messages(text)
        #expect(messages.isEmpty == isValid, "the validator on \(text): \(messages)")
        #expect(try schema.accepts(Self.instance(text)) == isValid, "the JSON Schema on \(text)")
    }

    @Test("The JSON Schema accepts errors that only the validator can find", arguments: beyond)
    func acceptsErrorsOfReferences(_ text: String) throws {
        #expect(Self.messages(text) != [])
        #expect(try schema.accepts(Self.instance(text)))
    }
}
