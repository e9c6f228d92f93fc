@_spi(Generated) @testable import CountersignJSON
import Testing

@Suite("The members of a response")
struct MembersTests {
    /// Valid members among members that nobody needs.
    static let harmless: [String] = [
        #""x": {"a": 1, "a": 2}"#,
        #""x": 1, "x": 2"#,
        "\"x\": \"Andr\u{0}\"",
        "\"x\": \"line\nline\"",
        #""x": "\x41""#,
        #""x": "\u12""#,
        #""x": "\u""#,
        #""\u": 1"#,
        #""x": "\ud800""#,
        #""\ud800": 1"#,
        #""x": NaN"#,
        #""x": -Infinity"#,
        #""x": [007, .5, +1, 1., undefined, nul, tru]"#,
        #""x": 1e999"#,
        #""x": null, "y": [null]"#,
        "\"x\": " + String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
        "\"x\": " + String(repeating: #"{"a":"#, count: 500) + "1" + String(repeating: "}", count: 500),
    ]

    @Test("P61: an invalid member is an error only for the code that reads it", arguments: harmless)
    func harmlessMembers(member: String) throws {
        for json in [#"{\#(member), "a": "b"}"#, #"{"a": "b", \#(member)}"#, "\u{FEFF}{\"a\":\"b\",\(member)}"] {
            let members = try JSONMembers(parsing: Array(json.utf8))
            #expect(try members.string("a") == "b")
            #expect(members.values()["a"] == "b")
        }
    }

    @Test("P61: text that is not UTF-8 is an error only for the code that reads it")
    func invalidUTF8() throws {
        let names: [[UInt8]] = [
            [0xE9], [0xC3], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]
        for name in names {
            var text = Array(#"{"name": "Andr"#.utf8) + name
            text += Array(#"", "a": "b", ""#.utf8) + name + Array(#"": 1}"#.utf8)
            let members = try JSONMembers(parsing: text)
            #expect(try members.string("a") == "b")
            #expect(members.values() == ["a": "b"])
            let error = #expect(throws: JSONDecodingError.self) { try members.string("name") }
            #expect(error?.description == "name: invalid JSON: invalid UTF-8 (line 1, column 15)")
        }
    }

    @Test("A member that is needed must be valid, and its error names it")
    func neededMembers() throws {
        let rows: [(json: String, error: String)] = [
            (#"{"a": "b", "a": "c"}"#, "a: it occurs twice, with different values (line 1, column 12)"),
            (#"{"a": "b", "\u0061": "c"}"#, "a: it occurs twice, with different values (line 1, column 12)"),
            (#"{"a": null, "a": "c"}"#, "a: it occurs twice, with different values (line 1, column 13)"),
            (#"{"a": 1}"#, "a: expected a string, found a number (line 1, column 7)"),
            (#"{"a": {"b": 1, "b": 1}}"#, "a: a key in it occurs twice (line 1, column 16)"),
            (#"{"a": {"b": 1}}"#, "a: expected a string, found an object (line 1, column 7)"),
            (#"{"a": NaN}"#, "a: invalid JSON: expected a value (line 1, column 7)"),
            (#"{"a": nope}"#, "a: invalid JSON: expected a value (line 1, column 7)"),
            (#"{"a": ["\q"]}"#, "a: invalid JSON: unknown escape (line 1, column 9)"),
            (
                #"{"a": \#(String(repeating: "[", count: 64))\#(String(repeating: "]", count: 64))}"#,
                "a: invalid JSON: the nesting is too deep (line 1, column 70)"
            ),
        ]
        for row in rows {
            let members = try JSONMembers(parsing: Array(row.json.utf8))
            let error = #expect(throws: JSONDecodingError.self) { try members.string("a") }
            #expect(error?.description == row.error)
        }
    }

    @Test("Two equal members are one, and null is missing")
    func equalMembers() throws {
        let members = try JSONMembers(
            parsing: Array(#"{"a": "b", "\u0061": "b", "n": null, "i": 1, "i": 1, "n": null, "o": {}}"#.utf8)
        )
        let text = #"{"a": ["b", {"c": 1}], "a": ["b",{"c":1}], "d": [], "d": {}}"#
        let lists = try JSONMembers(parsing: Array(text.utf8))
        #expect(try lists.strings("a") == ["b"])
        #expect(lists.values().keys.sorted() == ["a"])
        #expect(throws: JSONDecodingError.self) { try lists.value("d") }
        #expect(try members.string("a") == "b")
        #expect(try members.value("i")?.int == 1)
        #expect(try members.value("n") == nil)
        #expect(try members.string("n") == nil)
        #expect(try members.strings("n") == nil)
        #expect(try members.number("n") == nil)
        #expect(try members.object("n") == nil)
        #expect(try members.objects("n") == nil)
        #expect(try members.value("missing") == nil)
        #expect(members.values().keys.sorted() == ["a", "i", "o"])
    }

    @Test(
        "A number is a number or its text",
        arguments: [
            ("900", 900), (#""900""#, 900), (#"" 900 ""#, 900), ("9e2", 900), (#""-1.5""#, -1.5), (#""0""#, 0),
            (#""""#, nil), (#""null""#, nil), (#""0x10""#, nil), (#""nan""#, nil), (#""1h""#, nil), ("true", nil),
            ("1e999", nil), ("NaN", nil), ("[1]", nil),
        ] as [(String, Double?)]
    )
    func numbers(json: String, number: Double?) throws {
        let members = try JSONMembers(parsing: Array(#"{"a": \#(json)}"#.utf8))
        #expect((try? members.number("a")) == number)
    }

    @Test("Nested members are read one by one, too")
    func nestedMembers() throws {
        let json = #"{"cnf": {"jkt": "t", "x": NaN}, "keys": [{"kid": "1", "kid": "2", "kty": "EC"}, 1, {"kid": "3"}]}"#
        let members = try JSONMembers(parsing: Array(json.utf8))
        #expect(try members.object("cnf")?.string("jkt") == "t")
        let keys = try #require(try members.objects("keys"))
        #expect(keys.count == 2)
        #expect(try keys[0].string("kty") == "EC")
        #expect(throws: JSONDecodingError.self) { try keys[0].string("kid") }
        #expect(try keys[1].string("kid") == "3")
        #expect(throws: JSONDecodingError.self) { try members.object("keys") }
        #expect(throws: JSONDecodingError.self) { try members.objects("cnf") }
    }

    @Test("A list of strings may be one string")
    func lists() throws {
        let members = try JSONMembers(parsing: Array(#"{"a": ["b", 1, null, "c"], "s": "b", "i": 1}"#.utf8))
        #expect(try members.strings("a") == ["b", "c"])
        #expect(try members.strings("s") == ["b"])
        #expect(throws: JSONDecodingError.self) { try members.strings("i") }
    }

    @Test(
        "A text without the structure of an object is rejected",
        arguments: [
            "", "[]", "1", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, #"{'a':1}"#, #"{"a":1}}"#, #"{"a":1]"#,
            #"{"a":"b}"#, #"{"a":"b\"}"#, #"{"a":'b'}"#, #"{"a":1 2}"#, "\u{E9}", #"{"a":é}"#, "{\"a\":1}\u{0}",
        ]
    )
    func invalidStructure(json: String) {
        #expect(throws: JSONDecodingError.self) { try JSONMembers(parsing: Array(json.utf8)) }
    }

    @Test("Valid members are read as the strict parser reads them, in 2,000 random documents")
    func equality() throws {
        var random = RandomJSON(seed: 61)
        for _ in 0..<2_000 {
            var writer = JSONWriter()
            writer.value(JSONValue.object(["a": random.value(), "b" + random.string(): random.value()]))
            let strict = try JSONDocument(parsing: writer.bytes).root
            let members = try JSONMembers(parsing: writer.bytes)
            for (key, value) in strict.members where !value.isNull {
                let name = try #require(key.string)
                let node = try #require(try members.value(name))
                #expect(try JSONValue(json: node) == JSONValue(json: value))
            }
        }
    }

    @Test("A hostile megabyte is read in linear time and does not overflow a buffer")
    func hostileDocuments() throws {
        let size = 1 << 20
        let texts = [
            #"{"a":1,"x":\#(String(repeating: "[", count: size))"#,
            #"{"a":1,"x":[\#(String(repeating: "NaN,", count: size / 4))1]}"#,
            #"{"a":1,"x":"\#(String(repeating: #"\u"#, count: size / 2))"}"#,
            #"{"a":1\#(String(repeating: #","\u":"\q""#, count: size / 10))}"#,
            #"{"a":1\#(String(repeating: #","a":1"#, count: size / 6))}"#,
            #"{"a":1,"x":\#(String(repeating: "[", count: size / 2))\#(String(repeating: "]", count: size / 2))}"#,
        ]
        for (number, text) in texts.enumerated() {
            let members = try? JSONMembers(parsing: Array(text.utf8))
            #expect((members == nil) == (number == 0))
            guard let members else { continue }
            #expect(try members.number("a") == 1)
            _ = try? members.value("x")
            _ = members.values()
        }
    }
}
