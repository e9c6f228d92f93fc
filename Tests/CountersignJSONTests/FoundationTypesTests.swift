@_spi(Generated) import CountersignJSON
import FoundationEssentials
import Testing

@Suite("Foundation types in JSON")
struct FoundationTypesTests {
    /// Numbers and their descriptions as Decimal.
    static let decimals: [(String, String)] = [
        ("0", "0"), ("-0", "0"), ("0.1", "0.1"), ("1.10", "1.1"), ("-24.95", "-24.95"), ("1e3", "1000"),
        ("1E-2", "0.01"),
        ("0.3000000000000000444", "0.3000000000000000444"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"), ("1000000e-6", "1"),
        ("0e999", "0"), ("123.456e2", "12345.6"), ("9007199254740993", "9007199254740993"), ("0.0012300e1", "0.0123"),
        ("1e127", "1" + String(repeating: "0", count: 127)),
        ("1e-127", "0." + String(repeating: "0", count: 126) + "1"),
    ]

    @Test("Decimals are exact", arguments: decimals)
    func readsDecimals(text: String, digits: String) throws {
        let value = try Decimal(json: parse(text))
        #expect(value.description == digits)
        #expect(try Decimal(json: parse(written(value))) == value)
    }

    @Test(
        "Numbers that Decimal cannot represent exactly are rejected, not rounded",
        arguments: [
            "1e128", "-1e400", "1e-128", "1e-99999999999999", "123456789012345678901234567890123456789",
            "1.00000000000000000000000000000000000001",
        ]
    )
    func rejectsDecimals(text: String) throws {
        #expect(try decodingError(Decimal.self, text)?.message.contains("Decimal") == true)
    }

    @Test("A string is not a decimal, and Decimal's NaN is recorded as a failure")
    func decimalEdges() throws {
        #expect(try decodingError(Decimal.self, "\"1\"")?.message == "expected a number, found a string")
        var writer = JSONWriter()
        writer.value(Decimal.nan)
        #expect(writer.failure?.message == "not a finite number")
    }

    @Test("UUIDs are read in either case and written in lower case")
    func uuid() throws {
        let text = "\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\""
        #expect(try written(UUID(json: parse(text))) == text)
        #expect(try UUID(json: parse(text)) == UUID(json: parse(text.uppercased())))
        for bad in [
            "", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bfg",
        ] {
            #expect(try decodingError(UUID.self, "\"\(bad)\"")?.message == "expected a UUID")
        }
    }

    @Test("Valid URLs are kept as received")
    func url() throws {
        for text in ["https://a.example/b%20c?d=e#f", "/relative", "urn:isbn:1", "?q", "https://a.example/%2e%2E/"] {
            #expect(try written(URL(json: parse("\"\(text)\""))) == "\"\(text)\"")
        }
        for bad in ["", " ", "http://[::1", "https://a b/", "https://a.example:8x/"] {
            #expect(try decodingError(URL.self, "\"\(bad)\"")?.message == "expected a URL")
        }
    }

    @Test(
        "Invalid characters of URLs are percent-encoded, as browsers do, and escapes are kept",
        arguments: [
            ("https://a.example/b c", "https://a.example/b%20c"),
            ("https://a.example/\u{E9}", "https://a.example/%C3%A9"),
            (
                "https://a.example/a%20b \u{FC}?q=\u{E4} %2F#x y",
                "https://a.example/a%20b%20%C3%BC?q=%C3%A4%20%2F#x%20y"
            ),
            ("  https://a.example/x\\n", "https://a.example/x"),
            ("https://a.ex\\tample/a\\r\\nb", "https://a.example/ab"),
            ("https://a.example/a|b^c`{d}<e>\\\"", "https://a.example/a%7Cb%5Ec%60%7Bd%7D%3Ce%3E%22"),
            ("https://a.example/100%", "https://a.example/100%25"),
            ("https://a.example/%zz %2", "https://a.example/%25zz%20%252"),
            ("https://a.example/?ids[]=1", "https://a.example/?ids%5B%5D=1"), ("/a b", "/a%20b"),
            ("//a.example/\u{FC}", "//a.example/%C3%BC"),
            ("https://a.example/#a#b", "https://a.example/#a%23b"), ("mailto:a b@c.example", "mailto:a%20b@c.example"),
            ("https://b\u{FC}cher.example/%20\u{FC}", "https://xn--bcher-kva.example/%20%C3%BC"),
            ("https://\u{FC}@a.example/", "https://%C3%BC@a.example/"),
            ("https://a.example?q=\u{FC}", "https://a.example?q=%C3%BC"),
        ]
    )
    func browserURL(json: String, url: String) throws {
        #expect(try URL(json: parse("\"\(json)\"")).absoluteString == url)
    }

    /// The vectors of RFC 4648 section 10, and the last two characters of the alphabet.
    static let base64: [([UInt8], String)] = [
        ([], ""), (Array("f".utf8), "Zg=="), (Array("fo".utf8), "Zm8="), (Array("foo".utf8), "Zm9v"),
        (Array("foob".utf8), "Zm9vYg=="),
        (Array("fooba".utf8), "Zm9vYmE="), (Array("foobar".utf8), "Zm9vYmFy"), ([0xFB, 0xFF, 0xBF], "+/+/"),
    ]

    @Test("Bytes are base64 with padding", arguments: base64)
    func convertsBase64(bytes: [UInt8], text: String) throws {
        #expect(written(Data(bytes)) == "\"\(text)\"")
        #expect(try Data(json: parse("\"\(text)\"")) == Data(bytes))
        #expect(try Data(json: parse("\"\(text.replacing("/", with: "\\/"))\"")) == Data(bytes))
    }

    @Test(
        "Base64 with line breaks, without padding and with the URL-safe alphabet is read",
        arguments: [
            ("Zm9v\\r\\nYm\\nFy", "foobar"), ("Zm 9v\\t", "foo"), ("\\n", ""), ("Zg=\\n=", "f"), ("Zg==\\r\\n", "f"),
            ("Zg", "f"),
            ("Zm8", "fo"), ("Zm9vYg\\n", "foob"), ("Pz8_Pj4-", "???>>>"), ("Pz8/Pj4+", "???>>>"),
        ]
    )
    func lenientBase64(json: String, bytes: String) throws {
        #expect(try Data(json: parse("\"\(json)\"")) == Data(bytes.utf8))
    }

    @Test(
        "Invalid and noncanonical base64 is rejected",
        arguments: [
            "Zg=", "Zg===", "Z", "Z===", "====", "=", "Zh==", "Zm9=", "Zg==Zg==", "Zm9vé", "=Zg=", "Zm9v=", "Zm9v==",
            "Zm9vY",
            "Zm.v", "Zh", "Zg=Zg", "Zm9v\\u0000",
        ]
    )
    func rejectsBase64(text: String) throws {
        #expect(try decodingError(Data.self, "\"\(text)\"")?.message == "expected base64")
    }
}
