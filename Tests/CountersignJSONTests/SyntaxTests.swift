@_spi(Generated) import CountersignJSON
import Testing

@Suite("JSON syntax")
struct SyntaxTests {
    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1.0", "0.5", "-0.5e-7", "1e3", "1E3", "1e+3", "1e-3",
        "1.5E+10",
        "123456789012345678901234567890", "1e400", "1e99999999999999999999", "0e0", "0.000",
        "\"\"", "\"a\"", "\" \"", "\"\u{7F}\"", "\"é\"", "\"€\"", "\"👍\"", "\"\u{2028}\"", "\"\u{FFFF}\"",
        "\"\u{10FFFF}\"",
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9""#, #""\uD83D\uDC4D""#, #""\uFFFF""#, #""a\u0041b""#,
        #""\\u12""#, #""\\\"""#, #"["\"", "x"]"#,
        "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[[[]],{}]", "[null,true,false]", "[{}]",
        "{}", "{ }", #"{"a":1}"#, #"{ "a" : 1 , "b" : 2 }"#, #"{"":0}"#, #"{"a":{"b":{"c":[]}}}"#, #"{"a":1,"a":2}"#,
        #"{"\u0061":1}"#, "\t\n\r 1 \t\n\r", "\r\n{}\r\n", "\u{FEFF}{}", "\u{FEFF} 1", "[1\n,\n2]",
        #"{"a":[1,{"b":[2,{"c":3}]}],"d":"e"}"#, "  \"text\"  ",
    ]

    @Test("Valid texts of RFC 8259 are accepted", arguments: accepted)
    func accepts(text: String) {
        #expect(syntaxError(Array(text.utf8)) == nil)
    }

    /// Texts and the offset of their first error.
    static let rejected: [(String, Int)] = [
        ("", 0), (" ", 1), ("\n", 1), ("\u{FEFF}", 3), ("\u{FEFF}\u{FEFF}1", 3), ("1\u{FEFF}", 1),
        ("nul", 3), ("nulL", 0), ("True", 0), ("tru", 3), ("falsee", 5), ("truefalse", 4), ("undefined", 0), ("NaN", 0),
        ("nan", 0), ("Infinity", 0), ("-Infinity", 1), ("-", 1), ("+1", 0), ("01", 0), ("-01", 0), ("00", 0), (".5", 0),
        ("1.", 2), ("1.e3", 2), ("1e", 2), ("1e+", 3), ("1e1.5", 3), ("0x10", 1), ("1_000", 1), ("1,000", 1),
        ("--1", 1),
        ("1.2.3", 3), ("1 2", 2), ("１", 0),
        ("\"", 1), ("\"abc", 4), ("'a'", 0), ("\"a\nb\"", 2), ("\"\t\"", 1), ("\"\u{0}\"", 1), ("\"\u{1F}\"", 1),
        (#""\""#, 3), (#""\x""#, 1), (#""\u12""#, 1), (#""\u123g""#, 1), (#""\U0041""#, 1), (#""\'""#, 1), (#""\"#, 2),
        (#""\ud83d""#, 1), (#""\ud83dx""#, 1), (#""\ud83d\n""#, 1), (#""\ud83d\ud83d""#, 1), (#""\udc4d""#, 1),
        (#""\udc4d\ud83d""#, 1), (#""ab\uD800\u0041""#, 3), (#""\ud83d\u""#, 1),
        ("[", 1), ("]", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1,,2]", 3), ("[1 2]", 3), ("[1}", 2),
        ("[]]", 2),
        ("[1;2]", 2), ("[\"a\"", 4), ("[[]", 3),
        ("{", 1), ("}", 0), ("{]", 1), ("{1:2}", 1), ("{a:1}", 1), ("{'a':1}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5),
        (#"{"a":1,}"#, 7), (#"{,"a":1}"#, 1), (#"{"a" 1}"#, 5), (#"{"a":1"b":2}"#, 6), (#"{"a":1]"#, 6), (#"{"a""#, 4),
        (#"{"a":1"#, 6), (#"{"a":1,"#, 7), (#"{"a"::1}"#, 5), (#"{"a":1}}"#, 7), (#"{"a":1} x"#, 8), (#"{null:1}"#, 1),
        ("{}//", 2), ("/**/1", 0), ("1#", 1), ("[1]\u{0}", 3), ("\u{0C}1", 0), ("\u{A0}1", 0), ("{}{}", 2), ("*", 0),
    ]

    @Test("Invalid texts are rejected at the first invalid byte", arguments: rejected)
    func rejects(text: String, offset: Int) {
        #expect(syntaxError(Array(text.utf8))?.offset == offset)
    }

    /// Invalid UTF-8 sequences.
    static let malformed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
        [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x91], [0xF0, 0x9F, 0x28, 0x8D], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    @Test("Overlong forms, surrogates and other invalid UTF-8 are rejected", arguments: malformed)
    func rejectsMalformedUTF8(bytes: [UInt8]) {
        // In the middle of a text, where eight bytes are read at once, and at its end.
        for prefix in ["\"", "\"a", "\"abcdefghijk", "[\"é"] {
            let start = Array(prefix.utf8)
            for suffix in ["", "\"", "abcdefghijklm\"", "\"]"] {
                #expect(syntaxError(start + bytes + Array(suffix.utf8))?.offset == start.count)
            }
        }
    }

    @Test("UTF-16 and UTF-32 are rejected")
    func rejectsOtherEncodings() {
        #expect(syntaxError([0xFF, 0xFE, 0x31, 0x00]) != nil)
        #expect(syntaxError([0x31, 0x00]) != nil)
        #expect(syntaxError([0x00, 0x00, 0x00, 0x31]) != nil)
    }

    /// Texts and the line and column of their first error.
    static let positions: [(String, Int, Int)] = [
        ("x", 1, 1), ("  x", 1, 3), ("\nx", 2, 1), ("\r\nx", 2, 1), ("\rx", 2, 1), ("\n\r\n\rx", 4, 1),
        ("\r\r\nx", 3, 1),
        ("[1,\r\n 2,\r\n x]", 3, 2), ("[\"é\", x]", 1, 7), ("[\"👍👍\", x]", 1, 8), ("[\"e\u{301}\", x]", 1, 8),
        ("\u{FEFF}x", 1, 1), ("\u{FEFF}\n x", 2, 2), ("[\"a\nb\"]", 1, 4), ("{\"ключ\": x}", 1, 10), ("[1,", 1, 4),
        ("", 1, 1),
        ("[\n", 2, 1), ("\u{2028}", 1, 1),
    ]

    @Test("LF, CR LF and CR end a line, and columns count scalars", arguments: positions)
    func locates(text: String, line: Int, column: Int) {
        let error = syntaxError(Array(text.utf8))
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test("Nesting is allowed up to the limit", arguments: [1, 2, 64, 512])
    func limitsDepth(limit: Int) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let core = open == "[" ? "" : "1"
            let deepest = String(repeating: open, count: limit) + core + String(repeating: close, count: limit)
            #expect(syntaxError(Array(deepest.utf8), maximumDepth: limit) == nil)
            let deeper = String(repeating: open, count: limit + 1) + core + String(repeating: close, count: limit + 1)
            let offset = open.utf8.count * limit
            #expect(syntaxError(Array(deeper.utf8), maximumDepth: limit)?.offset == offset)
        }
    }

    @Test("Ten thousand and a million levels are rejected without a crash", arguments: [10_000, 1_000_000])
    func rejectsDeepNesting(levels: Int) {
        for text in [String(repeating: "[", count: levels), String(repeating: "{\"a\":", count: levels)] {
            let bytes = Array(text.utf8)
            #expect(syntaxError(bytes)?.message == "the nesting is deeper than 64 levels")
            #expect(syntaxError(bytes, maximumDepth: .max)?.message == "the nesting is deeper than 512 levels")
        }
    }

    @Test("A depth limit of zero or less allows scalars only", arguments: [0, -1, Int.min])
    func allowsScalarsOnly(limit: Int) {
        #expect(syntaxError(Array("1".utf8), maximumDepth: limit) == nil)
        #expect(syntaxError(Array("[]".utf8), maximumDepth: limit) != nil)
    }

    @Test("A value with the maximum depth can be read and written")
    func decodesDeepest() throws {
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let value = try JSONValue(json: parse(text, maximumDepth: 512))
        #expect(written(value) == text)
    }

    @Test("Errors do not quote the text")
    func quotesNothing() throws {
        for text in ["[secret]", "{\"a\":\"secret\nsecret\"}", "\"secret", "{\"secret\" 1}"] {
            let error = try #require(syntaxError(Array(text.utf8)))
            #expect(!error.description.contains("secret"))
        }
    }
}
