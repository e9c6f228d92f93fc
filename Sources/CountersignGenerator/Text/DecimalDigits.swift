/// The digits and the exponent of a JSON number.
struct DecimalDigits {
    var isNegative: Bool
    /// The digits without leading zeros; "0" for zero.
    var digits: String
    var exponent: Int

    /// The number of digits that every integer literal can have.
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
        // Move zeros between digits and exponent without changing the value, towards an exponent of 0.
        while exponent < 0, digits.utf8.count > 1, digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        while exponent > 0, digits.utf8.count < Self.maximumDigits {
            digits += "0"
            exponent -= 1
        }
        // The exponent of a `Decimal` is a signed byte.
        guard digits.utf8.count <= Self.maximumDigits, Int8(exactly: exponent) != nil else { return nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
