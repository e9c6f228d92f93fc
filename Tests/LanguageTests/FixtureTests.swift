import Countersign
import CountersignTesting
import Testing

@Suite("Fixtures")
struct FixtureTests {
    @Test("Models of responses and lists of them can be created from JSON text")
    func decodes() throws {
        #expect(try CallsAPI.Thing(fixture: #"{"id": 1, "name": "saw", "more": []}"#) == .init(id: 1, name: "saw"))
        #expect(try [CallsAPI.Thing](fixture: #"[{"id": 1}, {"id": 2}]"#) == [.init(id: 1), .init(id: 2)])
    }

    @Test("The error of an invalid fixture has its path")
    func invalid() {
        let missing = #expect(throws: JSONDecodingError.self) { try CallsAPI.Thing(fixture: #"{"name": "saw"}"#) }
        #expect(missing?.description.contains("id") == true)
        #expect(throws: JSONDecodingError.self) { try CallsAPI.Thing(fixture: #"{"id": 1"#) }
    }
}
