import CountersignSchema

/// Values of a schema as Swift literals, which no text can leave.
enum SwiftLiteral {
    static func string(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return "\"" + text + "\"" }
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case _ where isVisible(scalar): literal.unicodeScalars.append(scalar)
            default: literal += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return literal + "\""
    }

    /// Whether a reader of the source sees the character: no controls, no line separators, nothing that changes the
    /// direction or the identity of the text around it.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The literal of a `Decimal`, exact; nil for more digits than an integer literal holds.
    ///
    /// A literal with a point would be read through `Double`, which is not exact.
    static func decimal(_ number: String) -> String? {
        guard let number = DecimalDigits(number) else { return nil }
        if number.exponent == 0 { return (number.isNegative ? "-" : "") + number.digits }
        let sign = number.isNegative ? ".minus" : ".plus"
        return "Decimal(sign: \(sign), exponent: \(number.exponent), significand: \(number.digits))"
    }
}

/// The digits of a JSON number and the power of ten they stand for.
private struct DecimalDigits {
    var isNegative: Bool
    /// Without leading zeros; "0" for zero.
    var digits: String
    var exponent: Int

    /// What an integer literal holds for sure.
    private static let maximumDigits = 18

    init?(_ number: String) {
        var rest = Substring(number)
        isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        var power = 0
        if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            guard let written = Int(rest[rest.index(after: mark)...]), abs(written) < 1_000 else { return nil }
            power = written
            rest = rest[..<mark]
        }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        guard let whole = parts.first, !whole.isEmpty, fraction.utf8.count < 1_000,
            whole.utf8.allSatisfy(Self.isDigit), fraction.utf8.allSatisfy(Self.isDigit)
        else { return nil }
        let significant = (whole + fraction).drop { $0 == "0" }
        digits = significant.isEmpty ? "0" : String(significant)
        exponent = significant.isEmpty ? 0 : power - fraction.utf8.count
        // Zeros move between digits and exponent as long as the value stays the same.
        while exponent < 0, digits.utf8.count > 1, digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        while exponent > 0, digits.utf8.count < Self.maximumDigits {
            digits += "0"
            exponent -= 1
        }
        // The exponent of a `Decimal` is one signed byte.
        guard digits.utf8.count <= Self.maximumDigits, Int8(exactly: exponent) != nil else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
