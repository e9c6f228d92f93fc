/// A parser of the fields of an RFC 3339 timestamp, and their formatter.
struct DateDigits {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.count }

    /// Reads a number of exactly `count` digits.
    mutating func number(_ count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Reads one digit.
    mutating func digit() -> Int? {
        guard position < text.count, text[position] &- UInt8(ascii: "0") < 10 else { return nil }
        position += 1
        return Int(text[position - 1] &- UInt8(ascii: "0"))
    }

    /// Skips one byte if it is the given one, and returns whether it was.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    /// Reads `YYYY-MM-DD`.
    mutating func day() -> CalendarDay? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    /// Appends `YYYY-MM-DD`.
    static func append(_ day: CalendarDay, to text: inout [UInt8]) {
        append(day.year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(day.month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(day.day, digits: 2, to: &text)
    }

    /// Appends a number, padded with zeros to `digits` digits.
    static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
