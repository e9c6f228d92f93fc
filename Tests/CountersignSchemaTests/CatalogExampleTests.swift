@testable import CountersignSchema
import Testing

@Suite("The example with client credentials")
struct CatalogExampleTests {
    let schema: Schema

    init() throws {
        schema = try #require(parsedSchema(SchemaExamples.catalog))
    }

    @Test("The client, its server and its scheme are read")
    func readsClient() {
        #expect(schema.name == "CatalogAPI")
        #expect(schema.description == "The product catalogue.")
        #expect(schema.servers == .single(url: "https://api.example.com/catalog/v1"))
        #expect(schema.access == .internal)
        let parameters = OAuthParameters(
            issuer: "https://login.example.com",
            clientAuthentication: .secretBasic,
            scopes: ["catalog", "inventory"],
            resources: ["https://api.example.com/catalog"],
            dpop: .es256
        )
        #expect(outline(schema.schemes) == outline([AuthorizationScheme(kind: .clientCredentials(parameters))]))
        #expect(schema.defaultRequirement == AuthorizationRequirement(alternatives: [.init(schemes: [0])]))
    }

    @Test("Types are read, and inline types are named after where they are used")
    func readsTypes() throws {
        #expect(
            schema.types.map(\.name.description) == [
                "Problem", "ProblemCode", "ItemID", "Item", "Money", "ListItems.Output",
            ]
        )
        let string = TypeReference.scalar(.string)
        let item = Structure(
            fields: [
                Field(name: "id", swiftName: "id", type: .named(TypeName("ItemID"))),
                Field(name: "name", swiftName: "name", type: string),
                Field(name: "price", swiftName: "price", type: .named(TypeName("Money"))),
                Field(name: "tags", swiftName: "tags", type: .list(string), defaultValue: .list([])),
                Field(name: "released_on", swiftName: "releasedOn", type: .optional(.scalar(.date))),
                Field(name: "updated_at", swiftName: "updatedAt", type: .scalar(.timestamp(.rfc3339))),
                Field(name: "attributes", swiftName: "attributes", type: .map(string)),
            ],
            isIdentifiable: true
        )
        let code = Enumeration(
            values: .strings,
            cases: [
                .init(swiftName: "notFound", value: .string("not_found")),
                .init(swiftName: "outOfStock", value: .string("out_of_stock")),
                .init(swiftName: "rateLimited", value: .string("rate_limited")),
            ]
        )
        let expected = [
            TypeDeclaration(name: TypeName("ProblemCode"), kind: .enumeration(code), coding: [.decoded]),
            TypeDeclaration(name: TypeName("ItemID"), kind: .wrapper(string), coding: [.encoded, .decoded]),
            TypeDeclaration(name: TypeName("Item"), kind: .structure(item), coding: [.decoded]),
        ]
        #expect(outline(Array(schema.types[1...3])) == outline(expected))
        #expect(schema.declaration(of: TypeName("Money"))?.coding == [.encoded, .decoded])
        #expect(schema.declaration(of: TypeName("ListItems", "Output"))?.coding == [.decoded])
    }

    @Test("An operation with a path parameter and a header is read")
    func readsGetItem() throws {
        let problem = Response.Content.json(.named(TypeName("Problem")))
        let expected = Schema.Operation(
            name: "getItem",
            swiftName: "getItem",
            typeName: TypeName("GetItem"),
            method: .get,
            path: PathTemplate(text: "/items/{id}", segments: [.literal("/items/"), .parameter("id")]),
            summary: "Fetches one item.",
            pathParameters: [
                Parameter(field: Field(name: "id", swiftName: "id", type: .named(TypeName("ItemID"))))
            ],
            headerParameters: [
                Parameter(
                    field: Field(
                        name: "If-None-Match",
                        swiftName: "ifNoneMatch",
                        type: .optional(.scalar(.string))
                    ),
                    style: .comma
                )
            ],
            responses: [
                Response(
                    status: .hundred(2),
                    content: .json(.named(TypeName("Item"))),
                    name: TypeName("GetItem", "Output")
                )
            ],
            errors: [
                Response(status: .hundred(4), content: problem, name: TypeName("Error4xx")),
                Response(status: .hundred(5), content: problem, name: TypeName("Error5xx")),
            ],
            requirement: AuthorizationRequirement(alternatives: [.init(schemes: [0])])
        )
        #expect(outline(try schema.operation("getItem")) == outline(expected))
    }

    @Test("Pagination refers to the field and the parameter")
    func readsPagination() throws {
        let item = TypeReference.named(TypeName("Item"))
        let cursor = Field(name: "next_cursor", swiftName: "nextCursor", type: .optional(.scalar(.string)))
        let expected = Pagination(
            next: .cursor(field: cursor, into: "cursor"),
            items: Field(name: "items", swiftName: "items", type: .list(item)),
            itemType: item
        )
        let pagination = try #require(try schema.operation("listItems").pagination)
        #expect(outline(pagination) == outline(expected))
    }

    @Test("A body of fields is flattened, and errors of the operation come before the client's")
    func readsCreateItem() throws {
        let operation = try schema.operation("createItem")
        guard case .fields(let structure, let name) = operation.body else {
            Issue.record("expected fields")
            return
        }
        #expect(name == TypeName("CreateItem", "Input"))
        #expect(structure.fields.map(\.swiftName) == ["name", "price", "tags"])
        #expect(structure.fields.last?.defaultValue == .list([]))
        #expect(operation.scopes == ["catalog.write"])
        #expect(operation.idempotencyKey == "Idempotency-Key")
        #expect(operation.responses.map(\.status) == [.exact(201)])
        #expect(operation.errors.map(\.status) == [.exact(409), .hundred(4), .hundred(5)])
    }

    @Test("A stream and an operation without authorization are read")
    func readsOthers() throws {
        #expect(try schema.operation("exportItems").responses.map(\.content) == [.stream(mediaType: "text/csv")])
        let health = try schema.operation("health")
        #expect(health.requirement == AuthorizationRequirement.none)
        #expect(health.responses.map(\.content) == [.nothing])
    }
}
