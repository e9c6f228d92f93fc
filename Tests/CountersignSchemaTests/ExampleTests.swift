@testable import CountersignSchema
import Testing

@Suite("The whole examples of the language")
struct ExampleTests {
    @Test("print", arguments: [SchemaExamples.catalog, SchemaExamples.notes, SchemaExamples.orders])
    func p(text: String) {
        for d in Schema.parse(path: "x.yaml", bytes: Array(text.utf8)).diagnostics { print(d) }
        let (s, ds) = Schema.parse(path: "x.yaml", bytes: Array(text.utf8), unsupported: [])
        for d in ds { print("ALL", d) }
        #expect(s != nil)
    }
}
