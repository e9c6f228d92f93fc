@testable import CountersignSchema
import Testing

@Suite("The example with signed-in users")
struct NotesExampleTests {
    let schema: Schema

    init() throws {
        schema = try #require(parsedSchema(SchemaExamples.notes))
    }

    @Test("Named schemes, the default and an operation with another scheme are read")
    func readsSchemes() throws {
        let user = OAuthParameters(
            issuer: "https://login.example.com",
            clientAuthentication: .unauthenticated,
            clientID: "notes-web",
            scopes: ["openid", "notes.read", "notes.write", "offline_access"],
            dpop: .es256
        )
        let service = OAuthParameters(
            issuer: "https://login.example.com",
            clientAuthentication: .privateKeyJWT,
            scopes: ["notes.admin"]
        )
        let expected = [
            AuthorizationScheme(name: "user", swiftName: "user", kind: .authorizationCode(user)),
            AuthorizationScheme(name: "service", swiftName: "service", kind: .clientCredentials(service)),
        ]
        #expect(outline(schema.schemes) == outline(expected))
        #expect(try schema.operation("createNote").requirement.alternatives == [.init(schemes: [0])])
        #expect(try schema.operation("purge").requirement.alternatives == [.init(schemes: [1])])
    }

    @Test("A closed enum and a `oneOf` are read")
    func readsTypes() throws {
        let tag = Enumeration(
            values: .strings,
            isClosed: true,
            cases: [
                .init(swiftName: "work", value: .string("work")), .init(swiftName: "home", value: .string("home")),
            ]
        )
        #expect(
            outline(try #require(schema.declaration(of: TypeName("Tag"))?.kind))
                == outline(TypeDeclaration.Kind.enumeration(tag))
        )
        let shape = OneOf(
            discriminator: "kind",
            cases: [
                .init(tag: "circle", swiftName: "circle", type: .named(TypeName("Circle"))),
                .init(tag: "square", swiftName: "square", type: .named(TypeName("Square"))),
            ]
        )
        #expect(
            outline(try #require(schema.declaration(of: TypeName("Shape"))?.kind))
                == outline(TypeDeclaration.Kind.oneOf(shape))
        )
    }

    @Test("A multipart body, events and a DELETE operation are read")
    func readsOperations() throws {
        let parts = [
            Field(name: "file", swiftName: "file", type: .scalar(.file)),
            Field(name: "caption", swiftName: "caption", type: .optional(.scalar(.string))),
        ]
        let attach = try schema.operation("attach")
        #expect(outline(try #require(attach.body)) == outline(Body.multipart(parts)))
        #expect(attach.path.segments == [.literal("/notes/"), .parameter("note"), .literal("/attachments")])
        #expect(attach.responses.map(\.content) == [.json(.named(TypeName("Attach", "Output")))])
        #expect(try schema.operation("changes").responses.map(\.content) == [.events(.named(TypeName("Note")))])
        #expect(try schema.operation("deleteNote").method == .delete)
        #expect(schema.declaration(of: TypeName("Note"))?.coding == [.decoded])
    }
}
