import Countersign
import CountersignTesting
import Testing

@Suite("Fixtures")
struct FixtureTests {
    @Test("What a client receives can be made of JSON text, alone and in lists")
    func decodes() throws {
        #expect(try CallsAPI.Thing(fixture: #"{"id": 1, "name": "saw", "more": []}"#) == .init(id: 1, name: "saw"))
        #expect(try [CallsAPI.Thing](fixture: #"[{"id": 1}, {"id": 2}]"#) == [.init(id: 1), .init(id: 2)])
    }

    @Test("Text that is none says where")
    func refuses() {
        let missing = #expect(throws: JSONDecodingError.self) { try CallsAPI.Thing(fixture: #"{"name": "saw"}"#) }
        #expect(missing?.description.contains("id") == true)
        #expect(throws: JSONSyntaxError.self) { try CallsAPI.Thing(fixture: #"{"id": 1"#) }
    }
}
