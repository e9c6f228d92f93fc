@_spi(Generated) import CountersignJSON
import Testing

@Suite("JSON writer")
struct WriterTests {
    @Test("Commas separate values and members")
    func commas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.endArray()
        writer.key("b")
        writer.beginArray()
        writer.number(1)
        writer.beginObject()
        writer.endObject()
        writer.bool(true)
        writer.null()
        writer.string("")
        writer.beginArray()
        writer.rawNumber("1e5")
        writer.endArray()
        writer.endArray()
        writer.field("c", false)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[],"b":[1,{},true,null,"",[1e5]],"c":false}"#)
        #expect(writer.failure == nil)
    }

    @Test("A field with nil is omitted, and a nullable field is null")
    func fields() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("a", nil as Int?)
        writer.nullableField("b", nil as Int?)
        writer.field("c", 1 as Int?)
        writer.nullableField("d", 2 as Int?)
        writer.field("e", [1, nil])
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"b":null,"c":1,"d":2,"e":[1,null]}"#)
    }

    static let strings: [(String, String)] = [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1}\u{B}\u{E}\u{F}\u{10}\u{1A}\u{1F}", #""\u0000\u0001\u000b\u000e\u000f\u0010\u001a\u001f""#),
        ("\u{7F}é€👍\u{2028}", "\"\u{7F}é€👍\u{2028}\""), ("</script>", #""</script>""#),
        ("12345678\"", #""12345678\"""#), ("éééééé\n", #""éééééé\n""#),
    ]

    @Test("Only quotes, backslashes and control characters are escaped", arguments: strings)
    func escapes(string: String, expected: String) {
        #expect(written(string) == expected)
        #expect(written([string: 1]) == "{\(expected):1}")
    }

    static let doubles: [(Double, String)] = [
        (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (1.5, "1.5"), (0.1, "0.1"), (100, "100"),
        (1e15, "1000000000000000"),
        (1e16, "1e+16"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
        (0.30000000000000004, "0.30000000000000004"),
        (123456.789, "123456.789"), (0.0001, "0.0001"), (0.00001, "1e-05"),
        (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    ]

    @Test("Doubles have their shortest form and survive a round trip bit by bit", arguments: doubles)
    func writesDoubles(value: Double, expected: String) throws {
        #expect(written(value) == expected)
        #expect(try Double(json: parse(expected)).bitPattern == value.bitPattern)
    }

    @Test("Integers are written without an exponent")
    func integers() {
        #expect(
            written([Int64.min, .max, 0, -1, 10, -100]) == "[-9223372036854775808,9223372036854775807,0,-1,10,-100]"
        )
        #expect(written([Int32.min, .max]) == "[-2147483648,2147483647]")
        #expect(written(Float(0.1)) == "0.1")
    }

    @Test("Members of a dictionary are sorted by key")
    func dictionary() {
        #expect(written(["b": 1, "a": 2, "é": 3, "c": 4]) == #"{"a":2,"b":1,"c":4,"é":3}"#)
    }

    @Test("Non-finite numbers are written as null, and the first one is recorded")
    func notFinite() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(1)
        #expect(writer.failure == nil)
        writer.value(Double.nan)
        let first = writer.failure
        #expect(first == JSONEncodingError(path: "[1]", message: "not a finite number"))
        writer.value(Double.infinity)
        writer.value(-Float.infinity)
        writer.endArray()
        #expect(writer.failure == first)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[1,null,null,null]")
    }

    static let failures: [(JSONValue, String)] = [
        (.number("x"), "the document: not a JSON number"), ([1, .number("x")], "[1]: not a JSON number"),
        (["a": ["b": [[], [:], .number("x")]], "c": .number("y")], "a.b[2]: not a JSON number"),
        (["\"]": [.number("x")]], "[\"\u{FFFD}]\"][0]: not a JSON number"),
    ]

    @Test("A failure has the path of the value and does not quote it", arguments: failures)
    func failurePath(value: JSONValue, description: String) {
        var writer = JSONWriter()
        writer.value(value)
        #expect(writer.failure?.description == description)
    }

    @Test("A failure at an unsupported depth has no path and does not crash")
    func failureInDeepNesting() {
        var writer = JSONWriter()
        for _ in 0..<10_000 { writer.beginArray() }
        writer.value(Double.nan)
        #expect(writer.failure?.path == "")
    }

    @Test(
        "A text that is not a number is never written as a number",
        arguments: [
            "", "x", "1 ", " 1", "01", "1.", "NaN", "1,2", "1]", "\"1\"", "true", "[1]", "{}", "1\n", "--1", "+1",
            "\u{FEFF}1", "1}",
        ]
    )
    func rawNumber(text: String) {
        var writer = JSONWriter()
        writer.rawNumber(text)
        #expect(writer.failure?.message == "not a JSON number")
        #expect(writer.bytes == Array("null".utf8))
    }

    @Test("Random values survive a round trip")
    func roundTrip() throws {
        var random = RandomJSON(seed: 1)
        for _ in 0..<2_000 {
            let value = random.value()
            let text = written(value)
            #expect(try JSONValue(json: parse(text)) == value)
            #expect(try written(JSONValue(json: parse(text))) == text)
        }
    }
}

@Suite("JSONValue")
struct ValueTests {
    @Test("Literals create values")
    func literals() {
        let value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": [:]]
        #expect(
            value
                == .object([
                    "a": .array([.int(1), .number("2.5"), .string("x"), .bool(true), .null]), "b": .object([:]),
                ])
        )
    }

    static let numbers: [(String, JSONValue)] = [
        ("1", .int(1)), ("-9223372036854775808", .int(.min)), ("9223372036854775808", .number("9223372036854775808")),
        ("1.0", .number("1.0")), ("1e3", .number("1e3")), ("-0", .number("-0")), ("0", .int(0)),
        ("1E400", .number("1E400")),
    ]

    @Test("Numbers keep their digits", arguments: numbers)
    func keepsDigits(text: String, value: JSONValue) throws {
        #expect(try JSONValue(json: parse(text)) == value)
        #expect(written(value) == text)
    }

    @Test("For duplicate keys, the first value is used")
    func repeated() throws {
        #expect(try JSONValue(json: parse(#"{"a":1,"a":2}"#)) == ["a": 1])
    }

    @Test("An invalid number cannot inject text into a document")
    func injection() {
        var writer = JSONWriter()
        writer.value(JSONValue.array([.number("1],\"admin\":[true")]))
        #expect(writer.failure != nil)
        #expect(writer.bytes == Array("[null]".utf8))
    }
}
