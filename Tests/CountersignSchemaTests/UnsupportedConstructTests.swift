@testable import CountersignSchema
import Testing

@Suite("Constructs that are not supported yet")
struct UnsupportedConstructTests {
    static let examples = [
        (SchemaExamples.catalog, ["53:46: error: 'stream' is not supported yet"]),
        (
            SchemaExamples.notes,
            [
                "31:5: error: 'multipart' is not supported yet",
                "33:84: error: 'events' is not supported yet",
            ]
        ),
    ]

    @Test("Each unsupported construct is an error with its location", arguments: examples)
    func rejectsThem(_ text: String, _ expected: [String]) {
        let (schema, diagnostics) = Schema.read(text)
        #expect(schema == nil)
        #expect(diagnostics.map(\.description) == expected.map { "a.client.yaml:\($0)" })
    }

    @Test("A schema without unsupported constructs is read")
    func readsTheRest() {
        let (schema, diagnostics) = Schema.read(SchemaExamples.orders)
        #expect(diagnostics.allSatisfy { $0.severity == .warning })
        #expect(schema?.name == "OrdersAPI")
    }

    @Test("An overlay of an OpenAPI document is rejected with a single error")
    func rejectsOpenAPI() {
        let text = "client: DriveAPI\nopenapi: ./drive.openapi.yaml\ninclude: { tags: [files] }\n"
        let diagnostics = Schema.read(text).diagnostics
        #expect(diagnostics.map(\.description) == ["a.client.yaml:2:1: error: 'openapi' is not supported yet"])
    }
}
