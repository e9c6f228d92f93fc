@_spi(Generated) import CountersignJSON
import Foundation
import Testing

@Suite("JSONValue as Codable")
struct JSONValueCodableTests {
    @Test(
        "A value survives a round trip through Foundation's coders",
        arguments: [
            "null", "true", "false", "0", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "0.1",
            "1e300", "\"\"", "\"👍\\u0000\"", "[]", "{}", #"[null,[1,{"a":"b"}],{"c":{}}]"#,
        ]
    )
    func roundTrip(text: String) throws {
        let value = try JSONValue(json: parse(text))
        let encoded = try JSONEncoder().encode(value)
        let decoded = try JSONDecoder().decode(JSONValue.self, from: encoded)
        let again = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(decoded == again)
        // Numbers out of the range of Int64 may be written in another form.
        if case .number = value {
            #expect(try Double(json: parse(written(decoded))) == Double(json: parse(text)))
        } else {
            #expect(decoded == value)
        }
    }

    @Test("A value prints as JSON, and its members are accessible by key")
    func members() {
        let value: JSONValue = ["b": [1, true, nil], "a": "x\ny"]
        #expect("\(value)" == #"{"a":"x\ny","b":[1,true,null]}"#)
        #expect(value["a"]?.string == "x\ny")
        #expect(value["b"]?.string == nil)
        #expect(value["c"] == nil)
        #expect(value["a"]?["b"] == nil)
    }

    @Test("Digits in the range of Decimal are kept")
    func digits() throws {
        let value = JSONValue.number("12345678901234567890.12")
        #expect(try String(decoding: JSONEncoder().encode(value), as: UTF8.self) == "12345678901234567890.12")
    }

    @Test("Invalid numbers are not written", arguments: ["", "x", "1e999", "nan", "01"])
    func invalidNumber(text: String) {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([JSONValue.number(text)]) }
    }

    @Test("Encodable values convert to JSONValue and back")
    func conversion() throws {
        let value = try JSONValue(encoding: ["a": [1, 2]])
        #expect(value == ["a": [1, 2]])
        #expect(try value.decoded() == ["a": [1, 2]])
        #expect(throws: JSONEncodingError.self) { try JSONValue(encoding: [Double.nan]) }
        #expect(throws: JSONDecodingError.self) { try value.decoded(as: String.self) }
        #expect(throws: JSONDecodingError.self) { try JSONValue.number("x").decoded(as: Double.self) }
    }
}
