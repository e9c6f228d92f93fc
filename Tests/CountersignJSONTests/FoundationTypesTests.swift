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

    @Test("URLs are kept as received and never repaired")
    func url() throws {
        for text in ["https://a.example/b%20c?d=e#f", "/relative", "urn:isbn:1", "?q"] {
            #expect(try written(URL(json: parse("\"\(text)\""))) == "\"\(text)\"")
        }
        for bad in ["", "https://a.example/b c", "https://a.example/\u{E9}", "http://[::1"] {
            #expect(try decodingError(URL.self, "\"\(bad)\"")?.message == "expected a URL")
        }
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
        "Invalid and noncanonical base64 is rejected",
        arguments: [
            "Zg", "Zg=", "Zg===", "Z", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\\n", "Zm 9", "-_-_", "Zg==Zg==",
            "Zm9vé", "=Zg=",
        ]
    )
    func rejectsBase64(text: String) throws {
        #expect(try decodingError(Data.self, "\"\(text)\"")?.message == "expected base64 with padding")
    }
}
