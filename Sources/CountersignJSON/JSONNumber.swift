/// Conversions of JSON numbers, whose text follows the grammar of RFC 8259 section 6.
enum JSONNumber {
    /// Returns the exact integer, or `nil` if the number is fractional or out of the range of `Int64`.
    ///
    /// `1.0`, `1e3` and `1000e-3` are integers. A plain number has neither a fraction nor an exponent.
    static func integer(_ text: UnsafeBufferPointer<UInt8>, isPlain: Bool) -> Int64? {
        if isPlain, text.count <= 18 {
            // No overflow is possible with so few digits.
            var value: Int64 = 0
            var index = text.first == UInt8(ascii: "-") ? 1 : 0
            let isNegative = index == 1
            while index < text.count {
                value = value &* 10 &+ Int64(text[index] &- UInt8(ascii: "0"))
                index += 1
            }
            return isNegative ? -value : value
        }
        let number = Parts(text)
        guard number.exponent >= 0, number.significantDigits + number.exponent <= 19 else {
            return number.significantDigits == 0 ? 0 : nil
        }
        // Accumulates a negative value, since Int64.min has no positive counterpart.
        var value: Int64 = 0
        var left = number.significantDigits
        for byte in text where left > 0 {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10, digit > 0 || left < number.significantDigits else { continue }
            guard let next = appending(digit, to: value) else { return nil }
            value = next
            left -= 1
        }
        for _ in 0..<number.exponent {
            guard let next = appending(0, to: value) else { return nil }
            value = next
        }
        if number.isNegative { return value }
        return value == .min ? nil : -value
    }

    /// Returns 10 × `value` − `digit`, or `nil` on overflow.
    private static func appending(_ digit: UInt8, to value: Int64) -> Int64? {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, underflow) = tens.subtractingReportingOverflow(Int64(digit))
        return overflow || underflow ? nil : sum
    }

    /// Returns the nearest `Double`, or `nil` if that is infinite.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if let exact = exactDouble(text) { return exact }
        guard let value = Double(Substring(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// Returns the value of a short decimal.
    ///
    /// Its digits and its power of ten are exact doubles, so one division gives the correctly rounded result.
    private static func exactDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard text.count <= 17 else { return nil }
        var mantissa: UInt64 = 0
        var fraction = 0
        var hasPoint = false
        var index = text.first == UInt8(ascii: "-") ? 1 : 0
        let isNegative = index == 1
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                if hasPoint { fraction += 1 }
            } else if text[index] == UInt8(ascii: ".") {
                hasPoint = true
            } else {
                return nil
            }
            index += 1
        }
        guard mantissa < 1 << 53 else { return nil }
        let value = Double(mantissa) / powersOfTen[fraction]
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    ]

    /// Returns the number as `-123e-4`, without redundant zeros.
    ///
    /// - Returns: `nil` if the number needs more than 38 digits or an exponent beyond ±127.
    static func decimal(_ text: UnsafeBufferPointer<UInt8>) -> String? {
        let number = Parts(text)
        if number.significantDigits == 0 { return "0" }
        guard number.significantDigits <= 38, (-127...127).contains(number.exponent) else { return nil }
        let digits = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { $0 &- UInt8(ascii: "0") < 10 }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }.prefix(Int(number.significantDigits))
        return "\(number.isNegative ? "-" : "")\(String(decoding: significant, as: UTF8.self))e\(number.exponent)"
    }

    /// The sign, the number of significant digits and the decimal exponent of a number.
    ///
    /// The significant digits have no zeros at either end.
    struct Parts {
        var isNegative = false
        var significantDigits: Int64 = 0
        /// The exponent, exact up to a magnitude of 10⁹.
        var exponent: Int64 = 0

        init(_ text: UnsafeBufferPointer<UInt8>) {
            var zeros: Int64 = 0
            var fraction: Int64 = 0
            var hasPoint = false
            var index = 0
            while index < text.count {
                let byte = text[index]
                let digit = byte &- UInt8(ascii: "0")
                if digit < 10 {
                    if hasPoint { fraction += 1 }
                    if digit > 0 {
                        significantDigits += zeros + 1
                        zeros = 0
                    } else if significantDigits > 0 {
                        zeros += 1
                    }
                } else if byte == UInt8(ascii: "-") {
                    isNegative = true
                } else if byte == UInt8(ascii: ".") {
                    hasPoint = true
                } else {
                    break
                }
                index += 1
            }
            exponent = Parts.writtenExponent(text, after: index) - fraction + zeros
        }

        private static func writtenExponent(_ text: UnsafeBufferPointer<UInt8>, after e: Int) -> Int64 {
            var value: Int64 = 0
            var isNegative = false
            for byte in text.dropFirst(e + 1) {
                let digit = byte &- UInt8(ascii: "0")
                if digit < 10 {
                    value = min(value * 10 + Int64(digit), 4_000_000_000)
                } else {
                    isNegative = isNegative || byte == UInt8(ascii: "-")
                }
            }
            return isNegative ? -value : value
        }
    }
}
