/// An instant in the format `date-time` of RFC 3339 section 5.6.
struct Timestamp: Equatable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    var seconds: Int64
    /// The fraction of a second, 0 to 999,999,999.
    var nanoseconds: Int

    init(seconds: Int64, nanoseconds: Int) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Parses a timestamp such as `1985-04-12T23:20:50.52Z`, with any offset; returns `nil` for other text.
    ///
    /// Digits beyond nanoseconds are dropped. A leap second is read as the second after it; only the last minute of a UTC
    /// day can have one.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        var digits = DateDigits(text)
        guard let day = digits.day(), digits.skip("T") || digits.skip("t"),
            let hour = digits.number(2), hour < 24, digits.skip(":"),
            let minute = digits.number(2), minute < 60, digits.skip(":"),
            let second = digits.number(2), second <= 60
        else { return nil }

        nanoseconds = 0
        if digits.skip(".") {
            guard let first = digits.digit() else { return nil }
            nanoseconds = first * 100_000_000
            var weight = 10_000_000
            while let digit = digits.digit() {
                nanoseconds += digit * weight
                weight /= 10
            }
        }

        var offset = 0
        if !digits.skip("Z"), !digits.skip("z") {
            let isWest = digits.skip("-")
            guard isWest || digits.skip("+"), let hours = digits.number(2), hours < 24, digits.skip(":"),
                let minutes = digits.number(2), minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
        }
        guard digits.isAtEnd else { return nil }

        let minuteStart = Int64(day.daysSince1970) * 86_400 + Int64(hour * 3600 + minute * 60 - offset)
        let isLastOfDay = (minuteStart + 60) % 86_400 == 0
        guard second < 60 || isLastOfDay else { return nil }
        seconds = minuteStart + Int64(second)
    }

    /// Returns the text in UTC, with milliseconds (rounded down) unless they are zero; `nil` outside the years 0 to 9999.
    func text() -> [UInt8]? {
        let (days, time) = seconds.dividedRoundingDown(by: 86_400)
        guard let days = Int(exactly: days), let day = CalendarDay(daysSince1970: days) else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(24)
        DateDigits.append(day, to: &text)
        text.append(UInt8(ascii: "T"))
        DateDigits.append(Int(time) / 3600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        DateDigits.append(Int(time) / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        DateDigits.append(Int(time) % 60, digits: 2, to: &text)
        if nanoseconds >= 1_000_000 {
            text.append(UInt8(ascii: "."))
            DateDigits.append(nanoseconds / 1_000_000, digits: 3, to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return text
    }
}

extension Int64 {
    /// Returns the quotient, rounded down, and the remainder, which is not negative; the divisor must be positive.
    func dividedRoundingDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
