import CountersignSchema

/// Values of a schema as Swift literals; no text can end its literal early.
enum SwiftLiteral {
    /// Returns a string literal with visible characters only.
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

    /// Indicates whether the character is visible in source: not a control character, line separator or formatting
    /// character that changes the direction of text.
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

    /// Returns an exact expression for a `Decimal`; nil for a number with too many digits for an integer literal.
    ///
    /// A literal with a decimal point would be converted through `Double`, which is not exact.
    static func decimal(_ number: String) -> String? {
        guard let number = DecimalDigits(number) else { return nil }
        if number.exponent == 0 { return (number.isNegative ? "-" : "") + number.digits }
        let sign = number.isNegative ? ".minus" : ".plus"
        return "Decimal(sign: \(sign), exponent: \(number.exponent), significand: \(number.digits))"
    }
}
