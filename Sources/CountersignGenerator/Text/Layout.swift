/// A piece of source that is written on one line, or with one line for each element.
indirect enum Layout {
    case text(String)
    /// `opening a, b closing`; a collection literal on several lines has a trailing comma.
    case list(opening: String, [Layout], closing: String, isCollection: Bool)
    case labelled(String, Layout)

    static func call(_ function: String, _ arguments: [Layout]) -> Layout {
        .list(opening: function + "(", arguments, closing: ")", isCollection: false)
    }

    static func array(_ elements: [Layout]) -> Layout {
        .list(opening: "[", elements, closing: "]", isCollection: true)
    }

    static func labelled(_ label: String, text: String) -> Layout { .labelled(label, .text(text)) }

    /// Returns the width on one line; it stops counting above the limit.
    func width(upTo limit: Int) -> Int {
        switch self {
        case .text(let text):
            return text.utf8.count
        case .labelled(let label, let value):
            return label.utf8.count + 2 + value.width(upTo: limit)
        case .list(let opening, let elements, let closing, _):
            var width = opening.utf8.count + closing.utf8.count + max(0, elements.count - 1) * 2
            for element in elements where width <= limit { width += element.width(upTo: limit) }
            return width
        }
    }

    func writeFlat(to text: inout String) {
        switch self {
        case .text(let words):
            text += words
        case .labelled(let label, let value):
            text += label
            text += ": "
            value.writeFlat(to: &text)
        case .list(let opening, let elements, let closing, _):
            text += opening
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                element.writeFlat(to: &text)
            }
            text += closing
        }
    }
}
