extension SourceNode {
    /// The type that a scalar has in JSON, and by the core schema of YAML 1.2, if it is not quoted.
    enum Notation {
        case text, integer, bool, null
        /// A number with a fraction or an exponent.
        case number

        init(of text: String, style: Style) {
            guard style == .plain else {
                self = .text
                return
            }
            switch text {
            case "true", "True", "TRUE", "false", "False", "FALSE": self = .bool
            case "", "null", "Null", "NULL", "~": self = .null
            case _ where Int64(text) != nil: self = .integer
            case _ where Self.isNumber(text): self = .number
            default: self = .text
            }
        }

        /// Indicates whether a text is a number: `1.50`, `.5`, `-2e3`, or more digits than an integer of 64 bits has.
        private static func isNumber(_ text: String) -> Bool {
            var rest = text.utf8[...]
            if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { rest.removeFirst() }
            func takeDigits() -> Int {
                let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
                rest = rest.dropFirst(count)
                return count
            }
            var digits = takeDigits()
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                digits += takeDigits()
            }
            guard digits > 0 else { return false }
            if let first = rest.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E") {
                rest.removeFirst()
                if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
                guard takeDigits() > 0 else { return false }
            }
            return rest.isEmpty
        }
    }
}

extension SourceNode.Scalar {
    var notation: SourceNode.Notation { SourceNode.Notation(of: text, style: style) }
}
