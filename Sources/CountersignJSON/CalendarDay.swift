/// A day of the Gregorian calendar, without a time or a time zone (`full-date` of RFC 3339 section 5.6).
///
/// Years range from 0 to 9999. The Gregorian rules apply to all of them, including years before the calendar was
/// introduced.
public struct CalendarDay: Hashable, Sendable {
    /// The year, 0 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// Creates a day, or returns `nil` if it does not exist, such as 30 February.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CalendarDay.days(inMonth: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDay: Comparable {
    public static func < (a: CalendarDay, b: CalendarDay) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }
}

extension CalendarDay: LosslessStringConvertible {
    /// Parses `YYYY-MM-DD`; returns `nil` for any other text.
    public init?(_ description: String) {
        guard let day = withUTF8(of: description, { CalendarDay($0) }) else { return nil }
        self = day
    }

    init?(_ text: UnsafeBufferPointer<UInt8>) {
        var digits = DateDigits(text)
        guard let day = digits.day(), digits.isAtEnd else { return nil }
        self = day
    }

    /// The day as `YYYY-MM-DD`.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(10)
        DateDigits.append(self, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

@_spi(Generated)
extension CalendarDay: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let day = json.withString({ CalendarDay($0) }) else {
            throw JSONDecodingError(at: json, expected: "a string")
        }
        guard let day else { throw JSONDecodingError(at: json, message: "expected a date in the form YYYY-MM-DD") }
        self = day
    }

    public func encode(to json: inout JSONWriter) {
        json.string(description)
    }
}

extension CalendarDay {
    /// The number of days since 1970-01-01, negative for earlier days.
    var daysSince1970: Int {
        // Years start in March here, so that the leap day is the last day of a year. An era is 400 years.
        let year = month > 2 ? year : year - 1
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Creates the day that is `days` days after 1970-01-01, or returns `nil` outside the years 0 to 9999.
    init?(daysSince1970 days: Int) {
        guard (-719_528...2_932_896).contains(days) else { return nil }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.init(
            year: yearOfEra + era * 400 + (month < 10 ? 0 : 1),
            month: month < 10 ? month + 3 : month - 9,
            day: dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}
