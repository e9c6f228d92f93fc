/// The mistake `key:value`, which YAML reads as a single text.
struct MissingSpace {
    let message: String

    /// Creates the message for a text; nil if it is not of the form `key:value`.
    init?(in text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        let key = text[..<colon]
        let value = text[text.index(after: colon)...]
        guard let first = value.first, !first.isWhitespace, !value.hasPrefix("//") else { return nil }
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else { return nil }
        message = "missing space after ':'; write \(quoted("\(key): \(value)"))"
    }
}
