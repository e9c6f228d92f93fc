@_spi(Generated) import CountersignJSON
import Testing

@Suite("JSON nodes")
struct NodeTests {
    @Test("A node has one kind, and only the accessors of that kind return values")
    func kinds() throws {
        let nodes = Array(try parse(#"[{}, [], "", 0, true, false, null]"#).elements)
        #expect(nodes.map(\.kind) == [.object, .array, .string, .number, .bool, .bool, .null])
        #expect(nodes.map(\.isNull) == [false, false, false, false, false, false, true])
        #expect(nodes.map { $0.string != nil } == [false, false, true, false, false, false, false])
        #expect(nodes.map { $0.numberText != nil } == [false, false, false, true, false, false, false])
        #expect(nodes.map { $0.int != nil } == [false, false, false, true, false, false, false])
        #expect(nodes.map { $0.double != nil } == [false, false, false, true, false, false, false])
        #expect(nodes.map(\.bool) == [nil, nil, nil, nil, true, false, nil])
        #expect(nodes.allSatisfy { Array($0.elements).isEmpty && Array($0.members).isEmpty && $0["a"] == nil })
    }

    @Test("Elements and members are in document order, including containers and duplicate keys")
    func sequences() throws {
        let root = try parse(#"{"b":[1,[2,[3]],{"x":4},5],"a":{},"b":6}"#)
        #expect(root.members.map { $0.key.string } == ["b", "a", "b"])
        let elements = try #require(root["b"]).elements
        #expect(elements.map(\.kind) == [.number, .array, .object, .number])
        #expect(elements.count == 4)
        #expect(elements.map(\.int) == [1, nil, nil, 5])
        #expect(root.members.map { $0.value.offset } == [5, 31, 38])
    }

    @Test("A subscript returns the first member of a key, compared byte by byte and without escapes")
    func subscripts() throws {
        let root = try parse(#"{"\u0061b":1,"ab":2,"":3,"é":4,"a key of more than eight bytes":5,"é":6}"#)
        #expect(root["ab"]?.int == 1)
        #expect(root[""]?.int == 3)
        #expect(root["\u{E9}"]?.int == 4)
        #expect(root["e\u{301}"] == nil)
        #expect(root["a key of more than eight bytes"]?.int == 5)
        #expect(root["a key of more than eight bytez"] == nil)
        #expect(root["a"] == nil)
        #expect(root["abc"] == nil)
    }

    @Test("The location of a node is that of its first byte")
    func locations() throws {
        let root = try parse("\u{FEFF}{\r\n  \"ä\": [1,\n 2]}")
        let array = try #require(root["ä"])
        #expect(root.location == (1, 1))
        #expect(array.location == (2, 8))
        #expect(array.elements.map { $0.location.line } == [2, 3])
        #expect(array.elements.map { $0.location.column } == [9, 2])
        #expect(root.offset == 3)
    }

    static let strings: [(String, String)] = [
        (#""""#, ""), (#""a""#, "a"), (#""é€👍""#, "é€👍"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0000""#, "\u{0}"), (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\udc4d""#, "👍"),
        (#""x\uD83D\uDC4Dy""#, "x👍y"),
        (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"), (#""\uFFFF\uE000\uD7FF""#, "\u{FFFF}\u{E000}\u{D7FF}"),
        (#""\\u0041""#, "\\u0041"), (#""\\\\""#, "\\\\"), (#""\u005c\u0022""#, "\\\""), ("\"\u{7F}\"", "\u{7F}"),
        (#""a string without escapes, longer than a word""#, "a string without escapes, longer than a word"),
        (#""a string with one escape, longer than a word\n""#, "a string with one escape, longer than a word\n"),
        (#""12345678\"""#, "12345678\""), (#""1234567\"8""#, "1234567\"8"), (#""é234567\"8""#, "é234567\"8"),
    ]

    @Test("Strings are unescaped", arguments: strings)
    func unescapes(text: String, expected: String) throws {
        let string = try #require(try parse(text).string)
        #expect(Array(string.utf8) == Array(expected.utf8))
        #expect(Array(try String(json: parse(" [\(text)] ").elements.map { $0 }[0]).utf8) == Array(expected.utf8))
    }

    /// Texts and the offset of their first duplicate key.
    static let duplicates: [(String, Int?)] = [
        ("1", nil), ("[]", nil), ("{}", nil), (#"{"a":1,"b":1}"#, nil), (#"{"a":1,"A":1}"#, nil),
        (#"{"a":"a","b":["a","a"]}"#, nil),
        (#"[{"a":1},{"a":1}]"#, nil), (#"{"a":{"a":{"a":1}}}"#, nil), ("{\"\u{E9}\":1,\"e\u{301}\":1}", nil),
        (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"\u0061":1}"#, 7), (#"{"":1,"":1}"#, 6), (#"{"a":1,"b":2,"a":3,"b":4}"#, 13),
        (#"{"a":1,"a":2,"a":3}"#, 7), (#"{"a":{"x":1,"x":2},"a":3}"#, 12), (#"[[{"k":[{"z":0,"z":1}]}]]"#, 15),
        (#"{"b":1,"a":{"c":1,"d":{"c":2,"c":3}},"b":2}"#, 29),
    ]

    @Test("The first duplicate key is found at any depth", arguments: duplicates)
    func findsDuplicates(text: String, offset: Int?) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        let key = document.duplicateKey()
        #expect(key?.offset == offset)
        #expect(key == nil || key?.kind == .string)
    }
}
