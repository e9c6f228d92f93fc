/// The date formats of HTTP header fields (RFC 9110 section 5.6.7).
///
/// `Sun, 06 Nov 1994 08:49:37 GMT` is read and written. The two obsolete formats, `Sunday, 06-Nov-94 08:49:37 GMT` and
/// `Sun Nov  6 08:49:37 1994`, are read.
package enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// The days of the week, starting with that of 1 January 1970.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Returns the seconds since 1970 of a date, or `nil` if the text is not a valid date.
    ///
    /// The day of the week is not validated. A year of two digits is between 1969 and 2068, as in POSIX.
    package static func seconds(_ text: String) -> Int64? {
        guard text.utf8.count <= 64 else { return nil }
        var parts = text.utf8.split { " ,-".utf8.contains($0) }
        if parts.count == 5 {
            // asctime: the month before the day, the year at the end, and no zone.
            parts = [parts[0], parts[2], parts[1], parts[4], parts[3], Substring("GMT").utf8]
        }
        guard parts.count == 6, parts[5].elementsEqual("GMT".utf8),
            let day = number(parts[1], 1...31),
            let month = months.firstIndex(where: { parts[2].elementsEqual($0.utf8) }),
            let year = year(parts[3]), let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        let time = parts[4].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard time.count == 3, let hour = number(time[0], 0...23), let minute = number(time[1], 0...59),
            let second = number(time[2], 0...60)
        else { return nil }
        return Int64(date.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func year(_ text: Substring.UTF8View) -> Int? {
        switch text.count {
        case 4: number(text, 0...9999)
        case 2: number(text, 0...99).map { $0 < 69 ? 2000 + $0 : 1900 + $0 }
        default: nil
        }
    }

    private static func number(_ text: Substring.UTF8View, _ range: ClosedRange<Int>) -> Int? {
        guard 1...4 ~= text.count, text.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        let number = text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
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
