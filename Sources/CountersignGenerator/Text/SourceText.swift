/// A builder for Swift source: lines indented by four spaces, broken at 120 columns where possible.
struct SourceText {
    private(set) var text = ""
    private var depth = 0
    private var mayTakeBlankLine = false

    private static let width = 120

    /// The number of columns after `/// ` on the current level.
    var commentWidth: Int { Self.width - depth * 4 - 4 }

    mutating func line(_ content: String) {
        indent()
        text += content
        text += "\n"
        mayTakeBlankLine = true
    }

    /// Adds an empty line, except after an opening brace or another empty line.
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

    /// Ends the level that ``open(_:)`` started, without adding a line.
    mutating func outdent() {
        depth -= 1
    }

    func fits(_ before: String, _ layout: Layout, _ after: String = "") -> Bool {
        let room = Self.width - depth * 4 - before.utf8.count - after.utf8.count
        return layout.width(upTo: room) <= room
    }

    /// Adds a layout with text before and after it, on one line if it fits.
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

    /// Adds a layout that ends with an opening brace.
    mutating func open(_ before: String, _ layout: Layout, _ after: String) {
        lay(before, layout, after)
        depth += 1
        mayTakeBlankLine = false
    }

    private mutating func indent() {
        for _ in 0..<depth { text += "    " }
    }
}
