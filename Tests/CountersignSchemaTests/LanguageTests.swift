@testable import CountersignSchema
import Testing

@Suite("The schema language")
struct LanguageTests {
    /// Returns the operation of a schema with one operation.
    private func operation(_ text: String, auth: String = "", types: String = "{}") throws -> Schema.Operation {
        let text = "client: X\nserver: https://x.example\n\(auth)\ntypes: \(types)\noperations: { op: { \(text) } }\n"
        return try #require(parsedSchema(text)?.operations.first)
    }

    static let types: [(String, TypeReference)] = [
        ("string", .scalar(.string)), ("int32", .scalar(.int32)), ("decimal", .scalar(.decimal)),
        ("uuid", .scalar(.uuid)), ("json", .scalar(.json)), ("bytes", .scalar(.bytes)),
        ("'string'", .scalar(.string)), ("list of map of int", .list(.map(.scalar(.int)))),
        ("nullable list of T", .nullable(.list(.named(TypeName("T"))))),
        ("list of nullable double", .list(.nullable(.scalar(.double)))),
        ("{ list: { map: bool } }", .list(.map(.scalar(.bool)))),
        ("{ type: list of date }", .list(.scalar(.date))),
        ("{ nullable: { timestamp: rfc3339 } }", .nullable(.scalar(.timestamp(.rfc3339)))),
        ("{ list: { fields: { x: int } } }", .list(.named(TypeName("Op", "Output")))),
    ]

    @Test("A type is read from words and from a long form", arguments: types)
    func readsType(_ text: String, _ expected: TypeReference) throws {
        let operation = try operation("get: /a, returns: \(text)", types: "{ T: { wraps: string } }")
        #expect(operation.responses.map(\.content) == [.json(expected)])
    }

    static let defaults: [(String, DefaultValue)] = [
        ("{ type: string, default: off }", .string("off")), ("{ type: string, default: 'a\"b' }", .string("a\"b")),
        ("{ type: bool, default: false }", .bool(false)), ("{ type: optional int, default: -5 }", .integer(-5)),
        ("{ type: double, default: 1.50 }", .number("1.50")), ("{ type: decimal, default: 10 }", .number("10")),
        ("{ list: int, default: [1, 2] }", .list([.integer(1), .integer(2)])),
        ("{ type: W, default: x }", .wrapped(.string("x"))),
        ("{ type: E, default: in-stock }", .enumerationCase("inStock")),
        ("{ type: E, default: inStock }", .enumerationCase("inStock")),
        ("{ type: N, default: 3 }", .wrapped(.integer(3))), ("{ type: Alias, default: [] }", .list([])),
    ]

    @Test("A default is read as a value of its type", arguments: defaults)
    func readsDefault(_ text: String, _ expected: DefaultValue) throws {
        let operation = try operation(
            "get: /a, query: { x: \(text) }, returns: nothing",
            types: "{ W: { wraps: string }, N: { wraps: M }, M: int, E: { enum: [in-stock] }, Alias: list of string }"
        )
        #expect(operation.queryParameters.map(\.field.defaultValue) == [expected])
    }

    static let requirements: [(String, [[Int]])] = [
        ("none", [[]]), ("a", [[0]]), ("[a, b]", [[0], [1]]), ("a and b", [[0, 1]]),
        ("[b and a, none]", [[1, 0], []]),
        ("[a, none]", [[0], []]), ("[a]", [[0]]),
    ]

    @Test(
        "A requirement is a list of alternatives, each a combination of schemes",
        arguments: requirements
    )
    func readsRequirement(_ text: String, _ expected: [[Int]]) throws {
        let auth = "auth: { a: bearer, b: { apiKey: { query: key } }, default: a }"
        let operation = try operation("get: /a, returns: nothing, auth: \(text)", auth: auth)
        #expect(operation.requirement.alternatives.map(\.schemes) == expected)
    }

    static let alone: [(String, AuthorizationScheme.Kind)] = [
        ("bearer", .bearer), ("token", .token), ("{ basic: {} }", .basic), ("{ bearer: }", .bearer),
        ("{ token: true }", .token), ("{ apiKey: { header: X-API-Key } }", .apiKey(.header("X-API-Key"))),
        ("{ apiKey: { query: key } }", .apiKey(.query("key"))),
    ]

    @Test("Every operation uses a single, unnamed scheme", arguments: alone)
    func readsUnnamedScheme(_ text: String, _ expected: AuthorizationScheme.Kind) throws {
        let text =
            "client: X\nserver: https://x.example\nauth: \(text)\noperations: { op: { get: /a, returns: nothing } }\n"
        let schema = try #require(parsedSchema(text))
        #expect(schema.schemes.map(\.kind) == [expected])
        #expect(schema.schemes.map(\.name) == [nil])
        #expect(schema.operations.map(\.requirement.alternatives) == [[.init(schemes: [0])]])
    }

    static let paths: [(String, [PathTemplate.Segment])] = [
        ("/", [.literal("/")]), ("/a/b.csv", [.literal("/a/b.csv")]), ("/{a}", [.literal("/"), .parameter("a")]),
        ("/x/{a}.json", [.literal("/x/"), .parameter("a"), .literal(".json")]),
        ("/{a}/{b}", [.literal("/"), .parameter("a"), .literal("/"), .parameter("b")]),
        ("/a%20b/", [.literal("/a%20b/")]),
    ]

    @Test("A path consists of text and parameters", arguments: paths)
    func readsPath(_ text: String, _ expected: [PathTemplate.Segment]) throws {
        var parameters: [String] = []
        for case .parameter(let name) in expected { parameters.append("\(name): string") }
        let path = "path: { \(parameters.joined(separator: ", ")) }"
        let operation = try operation("get: '\(text)', \(path), returns: nothing")
        #expect(operation.path == PathTemplate(text: text, segments: expected))
        #expect(operation.pathParameters.count == parameters.count)
    }

    @Test("Path parameters are in the order of the template")
    func ordersPathParameters() throws {
        let operation = try operation("get: '/{b}/{a}', path: { a: int, b: string }, returns: nothing")
        #expect(operation.pathParameters.map(\.field.name) == ["b", "a"])
    }

    static let durations: [(String, Duration)] = [
        ("30s", .seconds(30)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)), ("1h", .seconds(3_600)),
    ]

    @Test("A duration has a unit", arguments: durations)
    func readsDuration(_ text: String, _ expected: Duration) throws {
        #expect(try operation("get: /a, timeout: \(text), returns: nothing").timeout == expected)
    }

    @Test("Errors of the client apply to statuses that an operation does not declare")
    func mergesErrors() throws {
        let text = """
            client: X
            server: https://x.example
            errors: { 4xx: P, default: P }
            types: { P: { fields: { x: int } }, Q: { fields: { x: int } } }
            operations: { op: { get: /a, returns: nothing, errors: { 4xx: Q, 404: nothing } } }
            """
        let errors = try #require(parsedSchema(text)?.operations.first?.errors)
        #expect(errors.map(\.status) == [.exact(404), .hundred(4), .any])
        #expect(errors.map(\.content) == [.nothing, .json(.named(TypeName("Q"))), .json(.named(TypeName("P")))])
    }

    @Test("Pagination by Link header and by page number is read")
    func readsOtherPagination() throws {
        let link = try operation("get: /a, returns: list of int, paginate: { linkHeader: true }")
        #expect(link.pagination?.next == .linkHeader)
        #expect(link.pagination?.items == nil)
        #expect(link.pagination?.itemType == .scalar(.int))
        let page = try operation(
            "get: /a, query: { n: optional int }, returns: { fields: { xs: list of int } }, paginate: { page: n, items: xs }"
        )
        #expect(page.pagination?.next == .page(parameter: "n"))
        #expect(page.pagination?.items?.name == "xs")
    }
}
