@_spi(Generated) import CountersignJSON
import TestSupport
import Testing

@Suite("JSON numbers")
struct NumberTests {
    static let integers: [(String, Int64?)] = [
        ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("1.0", 1), ("1e3", 1000), ("1E+3", 1000), ("1.5e1", 15),
        ("1000e-3", 1),
        ("0.001e3", 1), ("-12.50e2", -1250), ("0e400", 0), ("-0.0e-400", 0), ("0.0", 0), ("100e-2", 1),
        ("10.10e1", 101),
        ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775807.0", .max),
        ("-9223372036854775808.000", .min), ("922337203685477580.7e1", .max), ("9.223372036854775807e18", .max),
        ("-9.223372036854775808e18", .min), ("1e18", 1_000_000_000_000_000_000),
        ("000000000000".isEmpty ? "" : "0.1e1", 1),
        ("1000000000000000000000e-21", 1), ("100000000000000000", 100_000_000_000_000_000),
        ("999999999999999999", 999_999_999_999_999_999), ("-999999999999999999", -999_999_999_999_999_999),
        ("9223372036854775808", nil), ("-9223372036854775809", nil), ("9223372036854775808.0", nil), ("1e19", nil),
        ("1e400", nil), ("1e99999999999999999999999", nil), ("1e-99999999999999999999999", nil), ("0.5", nil),
        ("1.5", nil),
        ("1e-1", nil), ("15e-1", nil), ("1.0000000000000000000000000001", nil), ("18446744073709551616", nil),
        ("123456789012345678901234567890", nil), ("99999999999999999999", nil), ("9999999999999999999e0", nil),
    ]

    @Test("Integers are exact in every notation", arguments: integers)
    func integer(text: String, expected: Int64?) throws {
        let node = try parse(text)
        #expect(node.numberText == text)
        #expect((try? Int64(json: node)) == expected)
        #expect(node.int == expected.flatMap { Int(exactly: $0) })
        #expect((try? Int32(json: node)) == expected.flatMap { Int32(exactly: $0) })
    }

    @Test("The bounds of Int32 are exact")
    func int32() throws {
        #expect(try Int32(json: parse("2147483647")) == .max)
        #expect(try Int32(json: parse("-2147483648.0")) == .min)
        #expect(try decodingError(Int32.self, "2147483648")?.message.contains("Int32") == true)
    }

    static let doubles = [
        "0", "-0", "1", "-1.5", "0.1", "24.95", "1e3", "1e22", "1e23", "9007199254740992", "9007199254740993", "5e-324",
        "2e-324",
        "4.9406564584124654e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "123456789012345678",
        "0.30000000000000004",
        "123456.789012345", "999999999999999.9", "0.000000000000001", "1e-400", "179769313486231580793728971405301e276",
        "9007199254740991.5", "12345678901234567", "-1234567890.12345", "0.1234567890123456", "9.007199254740993",
    ]

    @Test("Doubles are bit-identical to those of the standard library", arguments: doubles)
    func double(text: String) throws {
        let expected = try #require(Double(text))
        #expect(try Double(json: parse(text)).bitPattern == expected.bitPattern)
        #expect(try parse("[\(text) ]").elements.map { $0.double?.bitPattern } == [expected.bitPattern])
    }

    @Test("Short decimals are bit-identical to those of the standard library")
    func shortDoubles() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let digits = String(
                UInt64.random(in: 0..<1_000_000_000_000_000_000, using: &random)
                    >> UInt64.random(in: 0..<60, using: &random)
            )
            let point = Int.random(in: 1...digits.count, using: &random)
            let text = point == digits.count ? digits : "\(digits.prefix(point)).\(digits.dropFirst(point))"
            guard let node = try? parse(text) else { continue }  // a leading zero
            #expect(node.double?.bitPattern == Double(text)?.bitPattern)
        }
    }

    @Test("Numbers out of the range of Double and Float are rejected, not infinite")
    func overflow() throws {
        for text in ["1e309", "-1e309", "1e400", "1e99999999999999999999"] {
            #expect(try parse(text).double == nil)
            #expect(try decodingError(Double.self, text)?.message == "the number is out of the range of Double")
        }
        #expect(try decodingError(Float.self, "1e39")?.message == "the number is out of the range of Float")
        #expect(try Float(json: parse("3.4028235e38")) == Float.greatestFiniteMagnitude)
    }

    @Test("A Float is rounded once")
    func float() throws {
        // As a Double, this is a tie, which would be rounded to even.
        let text = "1.00000017881393432617187499"
        #expect(try Float(json: parse(text)) == Float(text))
        #expect(try Float(json: parse(text)) != Float(Double(text) ?? 0))
    }
}
