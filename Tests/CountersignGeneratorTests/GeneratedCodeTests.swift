@testable import CountersignGenerator
import CountersignSchema
import Testing

@Suite("Generated code")
struct GeneratedCodeTests {
    private static let pair = """

          Sent: { fields: { a: Inner } }
          Got: { fields: { a: Inner, b: Leaf } }
          Inner: { fields: { x: int } }
          Leaf: { fields: { x: int } }
          Unused: { fields: { x: int } }
        """

    @Test(
        "A model is encodable and decodable only as operations need it",
        arguments: [
            ("Sent", "Countersign.JSONEncodable"), ("Got", "Countersign.JSONDecodable"),
            ("Inner", "Countersign.JSONCodable"), ("Leaf", "Countersign.JSONDecodable"),
            ("Unused", nil),
        ] as [(String, String?)]
    )
    func directions(name: String, conformances: String?) throws {
        let source = try generate(types: Self.pair, operations: "  a: { post: /a, body: Sent, returns: Got }")
        let head = "nonisolated extension TestAPI.\(name): "
        let found = source.split(separator: "\n").first { $0.hasPrefix(head) }
        #expect(found.map(String.init) == conformances.map { head + $0 + " {" })
    }

    @Test(
        "Reserved names are escaped only where Swift requires it",
        arguments: [
            ("in", "in: String", "request.query(\"in\", `in`)"),
            ("let", "`let`: String", "request.query(\"let\", `let`)"),
            ("inout", "`inout`: String", "request.query(\"inout\", `inout`)"),
            ("await", "await: String", "request.query(\"await\", `await`)"),
            ("self", "self selfArgument: String", "request.query(\"self\", selfArgument)"),
            ("request", "request: String", "apiRequest.query(\"request\", request)"),
            ("client", "client: String", "self.client.request("),
            ("async", "async: String", "request.query(\"async\", async)"),
        ]
    )
    func parameters(name: String, declared: String, used: String) throws {
        let source = try generate(operations: "  a: { get: /a, query: { \(name): string }, returns: nothing }")
        #expect(source.contains("(\(declared))"))
        #expect(source.contains(used))
    }

    @Test(
        "Properties with the names of local variables are qualified",
        arguments: [
            ("json", "self.json"), ("object", "self.object"), ("self", "self.`self`"), ("default", "`default`"),
        ]
    )
    func properties(name: String, assigned: String) throws {
        let source = try generate(
            types: "{ T: { fields: { \(name): string } } }",
            operations: "  a: { get: /a, returns: T }"
        )
        #expect(source.contains("        \(assigned) = try object.value(\"\(name)\")\n"))
    }

    @Test("A type of the schema can have the name of a type of the runtime, which is qualified")
    func shadowing() throws {
        let source = try generate(
            types: "{ Secret: { fields: { of: Runtime } }, Runtime: { fields: { day: string } } }",
            operations: "  a: { get: /a, returns: Secret }",
            auth: "{ apiKey: { header: X-Key } }"
        )
        #expect(source.contains("        var of: Runtime\n"))
        #expect(source.contains("apiKey: Countersign.SecretValue"))
        #expect(source.contains("runtime: Countersign.CountersignRuntime = .shared"))
    }

    @Test("A type with the name of a nested type is qualified with its client")
    func nestedNames() throws {
        let source = try generate(
            types: "{ Item: { fields: { x: int } } }",
            operations: "  a: { get: /a, returns: { fields: { item: { fields: { y: int } }, other: Item } } }"
        )
        #expect(source.contains("var item: A.Output.Item\n"))
        #expect(source.contains("var other: TestAPI.Item\n"))
    }

    @Test("A field whose type contains itself is stored indirectly")
    func recursion() throws {
        let source = try generate(
            types: "{ Node: { fields: { next: optional Node, children: list of Node } } }",
            operations: "  a: { get: /a, returns: Node }"
        )
        #expect(source.contains("@Indirect var next: Node? = nil\n"))
        #expect(source.contains("        var children: [Node]\n"))
        #expect(source.contains("indirect enum Indirect<Value: Hashable & Sendable>"))
    }

    @Test("A client has a start-up check, unless an operation has its name", arguments: ["a", "validate"])
    func validate(operation: String) throws {
        let source = try generate(operations: "  \(operation): { get: /a, returns: nothing }")
        let functions = source.matches(of: /func validate\(\) async throws\(([\w.]+)\)/).map(\.output.1)
        #expect(functions == [operation == "a" ? "Countersign.ClientValidationError" : "Failure"])
    }

    @Test("A client without declared errors throws a CallError<Never>")
    func noProblem() throws {
        let source = try generate(operations: "  a: { get: /a, returns: nothing }")
        #expect(source.contains("typealias Failure = Countersign.CallError<Never>"))
        #expect(
            source.contains(
                "Countersign.APIOperation<Void, Never>(\"a\", .get, \"/a\", returns: [.empty(.successful)])"
            )
        )
    }

    @Test("Several problem types become one enumeration")
    func severalProblems() throws {
        let source = try generate(
            types: "{ A: { fields: { x: int } }, B: { fields: { x: int } } }",
            operations: "  a: { get: /a, returns: nothing, errors: { 404: A, 409: B, default: list of A } }"
        )
        #expect(
            source.contains(
                "enum Problem: Hashable, Sendable {\n        case a(A)\n        case b(B)\n        case aList([A])\n"
            )
        )
        #expect(source.contains(".json(409, B.self) { .b($0) }"))
    }

    @Test(
        "Distinct requirements of operations are written once and numbered",
        arguments: [
            (
                "{ mine: { token: {} }, default: mine }", "  a: { get: /a, returns: nothing }",
                "requirements: [.scheme(0)]"
            ),
            (
                "{ clientCredentials: { issuer: https://i.example, scopes: [b] } }",
                "  a: { get: /a, scopes: [c], returns: nothing }\n  d: { get: /d, scopes: [a], returns: nothing }",
                "requirements: [.scheme(0, scopes: [\"a\", \"b\", \"c\"])]"
            ),
            (
                "{ clientCredentials: { issuer: https://i.example, scopes: [b], tokenPerScopes: true } }",
                "  a: { get: /a, scopes: [c], returns: nothing }\n  d: { get: /d, scopes: [a], returns: nothing }",
                "requirements: [.scheme(0, scopes: [\"b\", \"c\"]), .scheme(0, scopes: [\"a\", \"b\"])]"
            ),
            (
                "{ x: { bearer: {} }, y: { apiKey: { header: Y } }, default: [x and y, none] }",
                "  a: { get: /a, returns: nothing }\n  b: { get: /b, auth: y, returns: nothing }",
                "requirements: [.any([.all([.scheme(0), .scheme(1)]), .none]), .scheme(1)]"
            ),
            (
                "{ u: { device: { issuer: https://i.example, scopes: [openid] } }, k: basic, default: [u, none] }",
                "  a: { get: /a, scopes: [c, b], returns: nothing }\n  b: { get: /b, auth: u, returns: nothing }",
                "requirements: [.any([.scheme(0, scopes: [\"b\", \"c\"]), .none]), .scheme(0)]"
            ),
            (
                "{ tokenExchange: { issuer: https://i.example, scopes: [b] } }",
                "  a: { get: /a, scopes: [a], returns: nothing }\n  b: { get: /b, returns: nothing }",
                "requirements: [.scheme(0, scopes: [\"a\", \"b\"]), .scheme(0, scopes: [\"b\"])]"
            ),
        ]
    )
    func requirements(auth: String, operations: String, expected: String) throws {
        let source = try generate(operations: operations, auth: auth)
        #expect(source.replacing(/\s+/, with: " ").contains(expected.replacing(/\s+/, with: " ")), "\(source)")
    }

    @Test(
        "A session is optional exactly if an operation has an alternative to the user",
        arguments: [
            ("user", "auth: user", false), ("user", "auth: [user, none]", true), ("user", "auth: [other, user]", true),
            ("user", "auth: [user and key, other]", true), ("user", "auth: user and key", false),
            ("other", "auth: other", false), ("user", "auth: [other, none]", false),
        ]
    )
    func optionalUser(default: String, auth: String, isOptional: Bool) throws {
        let schemes = "user: { authorizationCode: { issuer: https://i.example } }, key: { apiKey: { header: K } }"
        let source = try generate(
            operations: "  a: { get: /a, \(auth), returns: nothing }\n  b: { get: /b, returns: nothing }",
            auth: "{ \(schemes), other: bearer, default: \(`default`) }"
        )
        #expect(source.contains("user: CountersignOIDC.UserSession\(isOptional ? "?" : ""),"))
    }

    @Test("CountersignOIDC is imported only for schemes of users")
    func imports() throws {
        let operations = "  a: { get: /a, returns: nothing }"
        for (auth, isImported) in [
            ("{ device: { issuer: https://i.example } }", true), ("bearer", false),
            ("{ tokenExchange: { issuer: https://i.example } }", false),
        ] {
            let source = try generate(operations: operations, auth: auth)
            #expect(source.contains("import CountersignOIDC\n") == isImported)
            #expect(source.contains("CountersignOIDC") == isImported)
        }
    }

    @Test("A schema of users is rejected in a target that cannot import CountersignOIDC")
    func withoutSignIn() throws {
        let text = """
            client: A
            server: https://a.example
            auth: { key: { apiKey: { header: K } }, tv: { device: { issuer: https://i.example } }, default: key }
            operations: {}
            """
        let schema = try #require(Schema.read(path: "A.client.yaml", bytes: Array(text.utf8)).schema)
        let error = #expect(throws: GenerationError.self) {
            try ClientSource.text(of: schema, fileName: "A.client.yaml", targetWithoutSignIn: "App")
        }
        #expect(error?.location.line == 3)
        #expect(error?.location.column == 41)
        #expect(error?.message.hasSuffix("to the dependencies of target 'App'") == true)
        #expect(try ClientSource.text(of: schema, fileName: "A.client.yaml").contains("CountersignOIDC"))
    }

    @Test(
        "A decimal literal is exact",
        arguments: [
            ("5", "5"), ("-5", "-5"), ("0", "0"), ("1000", "1000"),
            ("0.10", "Decimal(sign: .plus, exponent: -1, significand: 1)"),
            ("-19.99", "Decimal(sign: .minus, exponent: -2, significand: 1999)"),
            ("1e3", "1000"), ("12.50E1", "125"),
            ("1e40", "Decimal(sign: .plus, exponent: 23, significand: 100000000000000000)"),
            ("1234567890123456789", nil), ("1e200", nil), ("x", nil), ("1e", nil), ("", nil),
        ] as [(String, String?)]
    )
    func decimals(digits: String, literal: String?) {
        #expect(SwiftLiteral.decimal(digits) == literal)
    }

    @Test(
        "A schema without a Swift equivalent is rejected with a location",
        arguments: [
            (
                "{ T: { fields: { x: { type: decimal, default: 12345678901234567890 } } } }", 4,
                "this default has no literal in Swift; remove it"
            ),
            (
                "{ T: { fields: { x: TestAPI } }, TestAPI: { fields: { x: int } } }", 4,
                "the type 'TestAPI' has the name of its client; rename one of them"
            ),
        ]
    )
    func generationErrors(types: String, line: Int, message: String) throws {
        let error = #expect(throws: GenerationError.self) {
            try generate(types: types, operations: "  a: { get: /a, returns: T }")
        }
        #expect(error?.location.line == line)
        #expect(error?.message == message)
    }
}
