@_spi(Generated) import CountersignJSON
import FoundationEssentials
import TestSupport
import Testing

@Suite("RFC 3339 timestamps")
struct TimestampTests {
    /// Timestamps and their seconds since 1970.
    static let timestamps: [(String, Double)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1985-04-12T23:20:50.52Z", 482_196_050.52),
        ("1996-12-19T16:39:57-08:00", 851_042_397), ("1990-12-31T23:59:60Z", 662_688_000),
        ("1990-12-31T15:59:60-08:00", 662_688_000), ("1937-01-01T12:00:27.87+00:20", -1_041_337_172.13),
        ("2000-02-29T00:00:00Z", 951_782_400), ("2001-01-01T00:00:00Z", 978_307_200), ("1969-12-31T23:59:59Z", -1),
        ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("1970-01-01T00:00:00+23:59", -86_340), ("1970-01-01T00:00:00-00:00", 0),
        ("2016-12-31T23:59:60.5Z", 1_483_228_800.5),
        ("1970-01-01T00:00:00.000000001Z", 0.000000001), ("1970-01-01T00:00:00.123456789123456789Z", 0.123456789),
        ("2024-02-29T12:00:00Z", 1_709_208_000), ("1900-03-01T00:00:00Z", -2_203_891_200),
    ]

    @Test("A timestamp is read with its offset", arguments: timestamps)
    func reads(text: String, seconds: Double) throws {
        let date = try Date(json: parse("\"\(text)\""))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_000_5)
    }

    @Test(
        "Invalid timestamps are rejected",
        arguments: [
            "", "1985", "1985-04-12", "1985-04-12T23:20:50", "1985-04-12 23:20:50Z", "1985-04-12T23:20Z",
            "1985-04-12T23:20:50.Z",
            "1985-04-12T23:20:50,5Z", "1985-4-12T23:20:50Z", "85-04-12T23:20:50Z", "1985-13-12T23:20:50Z",
            "1985-00-12T23:20:50Z",
            "1985-04-31T23:20:50Z", "1985-04-00T23:20:50Z", "1985-02-29T23:20:50Z", "1900-02-29T00:00:00Z",
            "1985-04-12T24:00:00Z",
            "1985-04-12T23:60:50Z", "1985-04-12T23:20:61Z", "1985-04-12T23:20:60Z", "1985-04-12T23:59:60+01:00",
            "1985-04-12T23:20:50+24:00", "1985-04-12T23:20:50+01:60", "1985-04-12T23:20:50+0100",
            "1985-04-12T23:20:50+01",
            "1985-04-12T23:20:50Z ", " 1985-04-12T23:20:50Z", "1985-04-12T23:20:50ZZ", "-985-04-12T23:20:50Z",
            "+1985-04-12T23:20:50Z",
            "12345-04-12T23:20:50Z", "1985-04-12T23:20:50.5", "1985-04-12T２3:20:50Z", "1985-04-12T23:20:50Z\u{0}",
            "now",
        ]
    )
    func rejects(text: String) throws {
        let value = written(text)
        #expect(try decodingError(Date.self, value)?.message.contains("RFC 3339") == true)
    }

    static let forms: [(Double, String)] = [
        (0, "1970-01-01T00:00:00Z"), (0.5, "1970-01-01T00:00:00.500Z"), (482_196_050.52, "1985-04-12T23:20:50.520Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"), (0.0004, "1970-01-01T00:00:00Z"), (0.9996, "1970-01-01T00:00:01Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"), (253_402_300_799.999, "9999-12-31T23:59:59.999Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
    ]

    @Test("A date is written in UTC, with milliseconds unless they are zero", arguments: forms)
    func writes(seconds: Double, text: String) {
        #expect(written(Date(timeIntervalSince1970: seconds)) == "\"\(text)\"")
    }

    @Test(
        "A date outside the years 0 to 9999 is recorded as a failure",
        arguments: [-62_167_219_201, 253_402_300_800, 1e300, .nan, .infinity]
    )
    func fails(seconds: Double) {
        var writer = JSONWriter()
        writer.value(Date(timeIntervalSince1970: seconds))
        #expect(writer.failure != nil)
        #expect(writer.bytes == Array("null".utf8))
    }

    @Test("Dates with milliseconds survive a round trip")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<5_000 {
            let milliseconds = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let read = try Date(json: parse(written(date)))
            #expect((read.timeIntervalSince1970 * 1000).rounded() == Double(milliseconds))
        }
    }
}

@Suite("Calendar days")
struct CalendarDayTests {
    @Test(
        "Valid days survive a round trip",
        arguments: ["0000-01-01", "2000-02-29", "2023-12-31", "9999-12-31", "1900-02-28"]
    )
    func reads(text: String) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.description == text)
        #expect(try CalendarDay(json: parse("\"\(text)\"")) == day)
        #expect(written(day) == "\"\(text)\"")
    }

    @Test(
        "Nonexistent days and other formats are rejected",
        arguments: [
            "", "2023-02-29", "1900-02-29", "2023-04-31", "2023-00-01", "2023-13-01", "2023-01-00", "2023-01-32",
            "2023-1-1",
            "23-01-01", "12023-01-01", "-023-01-01", "2023/01/01", "20230101", "2023-01-01T", " 2023-01-01",
            "2023-01-01 ", "２023-01-01",
        ]
    )
    func rejects(text: String) throws {
        #expect(CalendarDay(text) == nil)
        #expect(try decodingError(CalendarDay.self, "\"\(text)\"")?.message == "expected a date in the form YYYY-MM-DD")
    }

    @Test("Years outside 0 to 9999 are rejected", arguments: [-1, 10_000, .min, .max])
    func rejectsYear(year: Int) {
        #expect(CalendarDay(year: year, month: 1, day: 1) == nil)
        #expect(CalendarDay(year: 2000, month: year, day: 1) == nil)
        #expect(CalendarDay(year: 2000, month: 1, day: year) == nil)
    }

    @Test("Days are in calendar order")
    func order() throws {
        let days = ["0000-12-31", "1999-12-31", "2000-01-01", "2000-01-02", "2000-02-01", "2001-01-01"].compactMap {
            CalendarDay($0)
        }
        #expect(days.count == 6)
        #expect(days.shuffled().sorted() == days)
    }
}
