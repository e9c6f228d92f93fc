/// Text of a page: what is put into it is escaped, unless it is HTML already.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: StaticString) { text += "\(literal)" }
        mutating func appendInterpolation(_ html: HTML) { text += html.description }
        mutating func appendInterpolation(_ html: [HTML]) { for piece in html { text += piece.description } }
        mutating func appendInterpolation(_ value: some CustomStringConvertible) { text += HTML.escape("\(value)") }
    }

    let description: String

    /// What stands in the source, and that alone: no other text becomes HTML without being escaped.
    init(stringLiteral text: StaticString) { description = "\(text)" }
    init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

    /// Text that can stand in an element or in a quoted attribute.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
