@_spi(Generated) @testable import CountersignJSON
import FoundationEssentials
import Testing

@Suite("Timestamp formats")
struct TimestampFormatTests {
    @Test(
        "Timestamps are read in every format",
        arguments: [
            (.unixSeconds, "0", 0), (.unixSeconds, "1700000000.5", 1_700_000_000.5), (.unixSeconds, "-1e0", -1),
            (.unixSeconds, "253402300799", 253_402_300_799), (.unixSeconds, "-62167219200", -62_167_219_200),
            (.unixMilliseconds, "1700000000123", 1_700_000_000.123), (.unixMilliseconds, "-1", -0.001),
            (.httpDate, "\"Sun, 06 Nov 1994 08:49:37 GMT\"", 784_111_777),
            (.httpDate, "\"Thu, 01 Jan 1970 00:00:00 GMT\"", 0),
            (.httpDate, "\"Wed, 31 Dec 1969 23:59:59 GMT\"", -1),
            (.httpDate, "\"Sat, 01 Jan 0000 00:00:00 GMT\"", -62_167_219_200),
            (.rfc3339, "\"1970-01-01T00:00:01Z\"", 1),
        ] as [(TimestampFormat, String, Double)]
    )
    func reads(format: TimestampFormat, text: String, seconds: Double) throws {
        let date = try Date(json: parse(text), as: format)
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_000_5)
    }

    @Test(
        "Invalid timestamps are rejected, and the error does not quote them",
        arguments: [
            (.unixSeconds, "\"771\""), (.unixSeconds, "771e300"), (.unixSeconds, "253402300800"),
            (.unixSeconds, "-62167219201"), (.unixSeconds, "null"), (.unixSeconds, "[]"),
            (.unixMilliseconds, "253402300800771"), (.unixMilliseconds, "true"),
            (.httpDate, "771"), (.httpDate, "\"\""), (.httpDate, "\"Sun, 31 Feb 1994 08:49:37 GMT\""),
            (.httpDate, "\"Sun, 06 Nov 194 08:49:37 GMT\""), (.httpDate, "\"Sun, 06 Nov 1994 24:49:37 GMT\""),
            (.httpDate, "\"Sun, 06 Nov 1994 08:49:37 CET\""), (.httpDate, "\"1994-11-06T08:49:37Z\""),
        ] as [(TimestampFormat, String)]
    )
    func rejects(format: TimestampFormat, text: String) throws {
        let error = #expect(throws: JSONDecodingError.self) { try Date(json: parse(text), as: format) }
        #expect(error?.description.contains("771") == false)
    }

    @Test(
        "Timestamps are written in the units of the format, rounded as documented",
        arguments: [
            (.unixSeconds, 1.999, "1"), (.unixSeconds, 1.9996, "2"), (.unixSeconds, -0.5, "-1"),
            (.unixMilliseconds, 1.0006, "1001"), (.unixMilliseconds, -0.0004, "0"),
            (.unixMilliseconds, 1_700_000_000.123, "1700000000123"),
            (.httpDate, 784_111_777.9, "\"Sun, 06 Nov 1994 08:49:37 GMT\""),
            (.httpDate, -0.5, "\"Wed, 31 Dec 1969 23:59:59 GMT\""),
            (.httpDate, 951_782_400, "\"Tue, 29 Feb 2000 00:00:00 GMT\""),
            (.rfc3339, -0.5, "\"1969-12-31T23:59:59.500Z\""),
        ] as [(TimestampFormat, Double, String)]
    )
    func writes(format: TimestampFormat, seconds: Double, text: String) {
        var writer = JSONWriter()
        Date(timeIntervalSince1970: seconds).encode(to: &writer, as: format)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
        #expect(writer.failure == nil)
    }

    @Test(
        "Dates outside the years 0 to 9999 are failures in every format",
        arguments: [-1e300, -62_167_219_201, 1e300]
    )
    func range(seconds: Double) {
        for format in [.rfc3339, .httpDate] as [TimestampFormat] {
            var writer = JSONWriter()
            Date(timeIntervalSince1970: seconds).encode(to: &writer, as: format)
            #expect(writer.failure != nil)
        }
    }

    @Test(
        "All three formats of HTTP dates are read; anything else is not",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sun Nov 06 08:49:37 1994", 784_111_777),
            ("Sun, 06-Nov-1994 08:49:37 GMT", 784_111_777), ("Saturday, 29-Feb-20 23:59:60 GMT", 1_583_020_800),
            ("Thursday, 01-Jan-70 00:00:00 GMT", 0), ("Wednesday, 31-Dec-69 23:59:59 GMT", -1),
            ("Sunday, 01-Jan-68 00:00:00 GMT", 3_092_601_600), ("Fri Dec 31 23:59:59 9999", 253_402_300_799),
            ("Sun, 06 Nov 1994 08:49:37 UTC", nil), ("Sun, 06 Nov 1994 08:49 GMT", nil),
            ("Sun Nov 6 1994 08:49:37", nil),
            ("Sunday, 29-Feb-21 00:00:00 GMT", nil), ("Sun, 06 nov 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 24:00:00 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 GMT x", nil), ("", nil),
            ("784111777", nil),
            ("Sun, 06 Nov 1994 08:49:37\u{037E} GMT", nil), ("Sun, 06 Nov 1994 0８:49:37 GMT", nil),
        ] as [(String, Int64?)]
    )
    func httpDates(text: String, seconds: Int64?) {
        #expect(HTTPDate.seconds(text) == seconds)
    }

    @Test("HTTP dates of 400 years survive a round trip and have the right day of the week")
    func everyDay() throws {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        for day in 0..<146_097 {
            let text = try #require(HTTPDate.text(secondsSince1970: Int64(day) * 86_400 + 1))
            guard HTTPDate.seconds(text) == Int64(day) * 86_400 + 1, text.hasPrefix(weekdays[day % 7]) else {
                Issue.record("\(text)")
                return
            }
        }
    }

    @Test("Arrays, dictionaries, optionals and patches have the format of their elements")
    func composed() throws {
        let date = Date(timeIntervalSince1970: 5)
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("list", [date, nil], as: .unixSeconds)
        writer.field("map", ["b": [date], "a": []], as: .unixMilliseconds)
        writer.field("absent", nil as Date?, as: .unixSeconds)
        writer.nullableField("null", nil as Date?, as: .unixSeconds)
        writer.field("patch", Nullable<Date>.null, as: .unixSeconds)
        writer.field("set", Nullable.value(date), as: .unixSeconds)
        writer.endObject()
        let text = #"{"list":[5,null],"map":{"a":[],"b":[5000]},"null":null,"patch":null,"set":5}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)

        var object = try parse(text).object()
        #expect(try object.value("list", as: .unixSeconds) == [date, nil] as [Date?])
        #expect(try object.value("map", as: .unixMilliseconds) == ["a": [], "b": [date]] as [String: [Date]])
        #expect(try object.optional("absent", as: .unixSeconds) == nil as Date?)
        #expect(try object.nullable("null", as: .unixSeconds) == nil as Date?)
        #expect(try object.optionalNullable("patch", as: .unixSeconds) == Nullable<Date>.null)
        #expect(try object.optionalNullable("none", as: .unixSeconds) == nil as Nullable<Date>?)
        #expect(try object.value("set", as: .unixSeconds) == date)
        #expect(try object.value("none", as: .unixSeconds, default: []) == [] as [Date])
        let others: [String: Date] = try object.others(
            except: ["list", "map", "null", "patch"],
            as: .unixSeconds
        )
        #expect(others == ["set": date])
        #expect(throws: JSONDecodingError.self) { try object.nullable("none", as: .unixSeconds) as Date? }
    }
}
