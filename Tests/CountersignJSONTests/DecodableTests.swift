import CountersignJSON
import Testing

/// The public interface, without the SPI of generated code.
@Suite("JSONDecodable")
struct DecodableTests {
    @Test("Values, arrays, dictionaries and optionals are read from JSON text")
    func reads() throws {
        let value = try JSONValue(parsingJSON: Array(#"{"error": "invalid_grant", "n": [1, 2.50]}"#.utf8))
        #expect(value == ["error": "invalid_grant", "n": [1, .number("2.50")]])
        #expect(try [String: [Int?]](parsingJSON: Array(#"{"a": [1, null]}"#.utf8)) == ["a": [1, nil]])
        #expect(try Nullable<String>(parsingJSON: Array("null".utf8)) == .null)
    }

    @Test("Invalid JSON and other kinds of values are errors with a position")
    func errors() {
        let text = Array("{\n\"a\": secret}".utf8)
        let syntax = #expect(throws: JSONDecodingError.self) { try JSONValue(parsingJSON: text) }
        #expect(syntax?.description == "the document: invalid JSON: expected a value (line 2, column 6)")
        let kind = #expect(throws: JSONDecodingError.self) { try [Int](parsingJSON: Array(#"[1, "secret"]"#.utf8)) }
        #expect(kind?.description == "[1]: expected an integer, found a string (line 1, column 5)")
    }
}
