/// Swift source as it is written: lines, indented by four spaces, at most 120 columns where they can be broken.
struct SourceText {
    private(set) var text = ""
    private var depth = 0
    private var mayTakeBlankLine = false

    private static let width = 120

    /// The columns that are left for what stands behind `/// `.
    var commentWidth: Int { Self.width - depth * 4 - 4 }

    mutating func line(_ content: String) {
        indent()
        text += content
        text += "\n"
        mayTakeBlankLine = true
    }

    /// An empty line, unless one would follow an opening brace or another empty line.
    mutating func blankLine() {
        guard mayTakeBlankLine else { return }
        text += "\n"
        mayTakeBlankLine = false
    }

    mutating func open(_ head: String) {
        line(head)
        depth += 1
        mayTakeBlankLine = false
    }

    mutating func close(_ tail: String = "}") {
        depth -= 1
        if !mayTakeBlankLine, text.utf8.suffix(2).elementsEqual("\n\n".utf8) { text.removeLast() }
        line(tail)
    }

    /// Ends what ``open(_:)`` began without a line of its own.
    mutating func outdent() {
        depth -= 1
    }

    func fits(_ before: String, _ layout: Layout, _ after: String = "") -> Bool {
        let room = Self.width - depth * 4 - before.utf8.count - after.utf8.count
        return layout.width(upTo: room) <= room
    }

    /// A layout with what stands before and after it, on one line if that fits.
    mutating func lay(_ before: String = "", _ layout: Layout, _ after: String = "") {
        if fits(before, layout, after) {
            indent()
            text += before
            layout.writeFlat(to: &text)
            text += after
            text += "\n"
            mayTakeBlankLine = true
            return
        }
        switch layout {
        case .text(let words):
            line(before + words + after)
        case .list(let opening, let elements, let closing, let isCollection):
            open(before + opening)
            for (index, element) in elements.enumerated() {
                let isLast = index == elements.count - 1
                lay("", element, isLast && !(isCollection && index > 0) ? "" : ",")
            }
            close(closing + after)
        case .labelled(let label, let value):
            lay(before + label + ": ", value, after)
        }
    }

    /// A layout that ends with an opening brace.
    mutating func open(_ before: String, _ layout: Layout, _ after: String) {
        lay(before, layout, after)
        depth += 1
        mayTakeBlankLine = false
    }

    private mutating func indent() {
        for _ in 0..<depth { text += "    " }
    }
}

/// A piece of source that may stand on one line or be broken, an element a line.
indirect enum Layout {
    case text(String)
    /// `opening a, b closing`; a collection literal takes a comma after the last of several when it is broken.
    case list(opening: String, [Layout], closing: String, isCollection: Bool)
    case labelled(String, Layout)

    static func call(_ function: String, _ arguments: [Layout]) -> Layout {
        .list(opening: function + "(", arguments, closing: ")", isCollection: false)
    }

    static func array(_ elements: [Layout]) -> Layout {
        .list(opening: "[", elements, closing: "]", isCollection: true)
    }

    static func labelled(_ label: String, text: String) -> Layout { .labelled(label, .text(text)) }

    /// The width on one line; stops counting when it is over the limit.
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
