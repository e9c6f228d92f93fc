/// HTML text; interpolated values are escaped unless they are HTML already.
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

    /// Creates HTML from a literal in the source code; all other text is escaped.
    init(stringLiteral text: StaticString) { description = "\(text)" }
    init(stringInterpolation: StringInterpolation) { description = stringInterpolation.text }

    /// Escapes text for an element or a quoted attribute.
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
