@testable import CountersignSchema
import Testing

@Suite("The example of everyday needs")
struct OrdersExampleTests {
    let schema: Schema

    init() throws {
        schema = try #require(parsedSchema(SchemaExamples.orders))
    }

    @Test("Servers with issuers and combined schemes are read")
    func readsClient() throws {
        let servers = [
            Schema.Server(
                name: "production",
                swiftName: "production",
                url: "https://api.example.com/v1",
                issuer: "https://login.example.com"
            ),
            Schema.Server(
                name: "sandbox",
                swiftName: "sandbox",
                url: "https://api.sandbox.example.com/v1",
                issuer: "https://login.sandbox.example.com"
            ),
        ]
        #expect(outline(schema.servers) == outline(Schema.Servers.named(servers)))
        #expect(schema.timeout == .seconds(30))
        #expect(schema.schemes.map(\.kind.word) == ["apiKey", "clientCredentials"])
        #expect(schema.schemes.first?.kind == .apiKey(.header("Ocp-Apim-Subscription-Key")))
        guard case .clientCredentials(let parameters)? = schema.schemes.last?.kind else {
            Issue.record("expected client credentials")
            return
        }
        #expect(parameters.issuer == nil)
        #expect(parameters.tokenPerScopes)
        #expect(schema.defaultRequirement.alternatives == [.init(schemes: [1, 0])])
        #expect(try schema.operation("login").requirement == AuthorizationRequirement.none)
    }

    @Test("Enums of integers and enums with explicit names are read")
    func readsEnums() throws {
        let level = Enumeration(
            values: .integers,
            cases: [.init(swiftName: "low", value: .integer(1)), .init(swiftName: "high", value: .integer(2))]
        )
        let stock = Enumeration(
            values: .strings,
            cases: [
                .init(swiftName: "inStock", value: .string("in-stock")),
                .init(swiftName: "gone", value: .string("off")),
            ]
        )
        let kinds = ["Level", "Stock"].compactMap { schema.declaration(of: TypeName($0))?.kind }
        #expect(outline(kinds) == outline([TypeDeclaration.Kind.enumeration(level), .enumeration(stock)]))
    }

    @Test("Included fields, options of fields and additional properties are read")
    func readsOrder() throws {
        let timestamp = TypeReference.scalar(.timestamp(.rfc3339))
        let string = TypeReference.scalar(.string)
        let order = Structure(
            fields: [
                Field(name: "id", swiftName: "id", type: .named(TypeName("OrderID"))),
                Field(name: "created_at", swiftName: "createdAt", type: timestamp),
                Field(name: "deleted_at", swiftName: "deletedAt", type: .nullable(timestamp)),
                Field(name: "note", swiftName: "note", type: .nullable(string)),
                Field(name: "expires", swiftName: "expires", type: .scalar(.timestamp(.unixSeconds))),
                Field(name: "secret", swiftName: "secret", type: string, only: .encoded),
                Field(
                    name: "state",
                    swiftName: "state",
                    type: .optional(.named(TypeName("Stock"))),
                    defaultValue: .enumerationCase("inStock"),
                    description: "Where it is."
                ),
                Field(name: "old_ref", swiftName: "oldRef", type: .optional(string), deprecated: "Use id."),
                Field(name: "@odata.etag", swiftName: "etag", type: .optional(string)),
            ],
            isIdentifiable: true,
            includes: [TypeName("Audit")],
            others: .scalar(.json)
        )
        let kind = try #require(schema.declaration(of: TypeName("Order"))?.kind)
        #expect(outline(kind) == outline(TypeDeclaration.Kind.structure(order)))
        guard case .structure(let patch)? = schema.declaration(of: TypeName("OrderPatch"))?.kind else { return }
        #expect(patch.fields.map(\.type) == [.optional(.nullable(string))])
    }

    @Test("Styles, forms, raw bodies, statuses and response headers are read")
    func readsOperations() throws {
        let search = try schema.operation("search")
        #expect(search.queryParameters.map(\.style) == [.comma, .deepObject])
        #expect(search.queryParameters.map(\.field.type).last == .named(TypeName("Search", "Filter")))
        #expect(search.headerParameters.map(\.field.type) == [.list(.scalar(.string))])
        guard case .form(let fields)? = try schema.operation("login").body else {
            Issue.record("expected a form")
            return
        }
        #expect(fields.map(\.type) == [.scalar(.string), .list(.scalar(.string))])
        let avatar = try schema.operation("avatar")
        #expect(avatar.body == .raw(mediaType: "image/png"))
        #expect(avatar.server == "https://upload.example.com")
        #expect(avatar.timeout == .seconds(300))
        let start = try schema.operation("start").responses
        #expect(start.map(\.status) == [.exact(200), .exact(202), .exact(204)])
        #expect(start.last?.content == .nothing)
        let fetch = try schema.operation("fetch").responses
        #expect(fetch.map(\.headers.count) == [1, 0])
        #expect(fetch.first?.headers.first?.swiftName == "eTag")
        #expect(try schema.operation("old").deprecated == "Use search.")
        #expect(try schema.operation("old").responses.map(\.content) == [.json(.scalar(.json))])
    }
}
