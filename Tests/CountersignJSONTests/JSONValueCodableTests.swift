import CountersignJSON
import Foundation
import Testing

@Suite("JSON values with other coders")
struct JSONValueCodableTests {
    @Test(
        "A value is the same by any coder",
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
        // Numbers beyond Int64 may be written in another way.
        if case .number = value {
            #expect(try Double(json: parse(written(decoded))) == Double(json: parse(text)))
        } else {
            #expect(decoded == value)
        }
    }

    @Test("A value prints as its JSON, and is looked into by key")
    func looking() {
        let value: JSONValue = ["b": [1, true, nil], "a": "x\ny"]
        #expect("\(value)" == #"{"a":"x\ny","b":[1,true,null]}"#)
        #expect(value["a"]?.string == "x\ny")
        #expect(value["b"]?.string == nil)
        #expect(value["c"] == nil)
        #expect(value["a"]?["b"] == nil)
    }

    @Test("Digits that Decimal holds are kept")
    func digits() throws {
        let value = JSONValue.number("12345678901234567890.12")
        #expect(try String(decoding: JSONEncoder().encode(value), as: UTF8.self) == "12345678901234567890.12")
    }

    @Test("What is no number is not written", arguments: ["", "x", "1e999", "nan", "01"])
    func noNumber(text: String) {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([JSONValue.number(text)]) }
    }

    @Test("A value that writes JSON becomes one, and one is decoded as a value")
    func conversion() throws {
        let value = try JSONValue(encoding: ["a": [1, 2]])
        #expect(value == ["a": [1, 2]])
        #expect(try value.decoded() == ["a": [1, 2]])
        #expect(throws: JSONEncodingError.self) { try JSONValue(encoding: [Double.nan]) }
        #expect(throws: JSONDecodingError.self) { try value.decoded(as: String.self) }
        #expect(throws: JSONDecodingError.self) { try JSONValue.number("x").decoded(as: Double.self) }
    }
}
