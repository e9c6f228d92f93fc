/// The date format of HTTP header fields (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// The two obsolete formats are not supported.
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// The days of the week, starting with that of 1 January 1970.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Returns the seconds since 1970 of a date, or `nil` if the text is not a valid date.
    ///
    /// The day of the week is not validated.
    package static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ", maxSplits: 8)
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = number(parts[1], 1...31), let month = months.firstIndex(of: String(parts[2])),
            parts[3].utf8.count == 4, let year = number(parts[3], 0...9999),
            let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        return Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count <= 4, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(text) else {
            return nil
        }
        return range.contains(number) ? number : nil
    }

    /// Returns the text of a date, or `nil` outside the years 0 to 9999.
    package static func text(secondsSince1970 seconds: Int64) -> String? {
        let (days, time) = seconds.dividedRoundingDown(by: 86_400)
        guard let days = Int(exactly: days), let day = CalendarDay(daysSince1970: days) else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text += "\(weekdays[(days % 7 + 7) % 7]), ".utf8
        DateDigits.append(day.day, digits: 2, to: &text)
        text += " \(months[day.month - 1]) ".utf8
        DateDigits.append(day.year, digits: 4, to: &text)
        text += " ".utf8
        DateDigits.append(Int(time) / 3600, digits: 2, to: &text)
        text += ":".utf8
        DateDigits.append(Int(time) / 60 % 60, digits: 2, to: &text)
        text += ":".utf8
        DateDigits.append(Int(time) % 60, digits: 2, to: &text)
        text += " GMT".utf8
        return String(decoding: text, as: UTF8.self)
    }
}
