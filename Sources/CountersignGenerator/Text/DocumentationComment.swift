/// The lines of documentation comments.
enum DocumentationComment {
    /// Returns the author's description and deprecation as one text.
    static func text(description: String?, deprecated: String?) -> String? {
        guard let deprecated else { return description }
        return (description.map { $0 + " " } ?? "") + "Deprecated: " + deprecated
    }

    static func lines(
        of paragraphs: [String],
        parameters: [(name: String, text: String)],
        width: Int
    ) -> [String] {
        var lines: [String] = []
        for text in paragraphs {
            var written = Self.lines(of: text)
            if written.isEmpty { continue }
            if lines.isEmpty { written = startingWithSentence(written) } else { lines.append("") }
            for line in written { wrap(line, to: width, into: &lines) }
        }
        let documented = parameters.filter { !Self.lines(of: $0.text).isEmpty }
        if documented.isEmpty { return lines }
        if !lines.isEmpty { lines.append("") }
        lines.append("- Parameters:")
        for parameter in documented {
            let text = Self.lines(of: parameter.text).joined(separator: " ")
            wrap("  - \(parameter.name): \(text)", hanging: "    ", to: width, into: &lines)
        }
        return lines
    }

    /// Returns the lines of untrusted text, without invisible characters.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        func end() {
            while line.last == " " { line.removeLast() }
            if !(line.isEmpty && (lines.last ?? "").isEmpty) { lines.append(line) }
            line = ""
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": end()
            case "\t", "\u{A0}": line += " "
            default: if SwiftLiteral.isVisible(scalar) { line.unicodeScalars.append(scalar) }
            }
        }
        end()
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Makes the first sentence a paragraph of its own that ends with a full stop.
    private static func startingWithSentence(_ lines: [String]) -> [String] {
        let end = lines.firstIndex(of: "") ?? lines.count
        var paragraph = lines[..<end].joined(separator: " ")
        let rest = lines[end...]
        var following = ""
        var index = paragraph.startIndex
        while let stop = paragraph[index...].firstRange(of: ". ") {
            index = stop.upperBound
            guard let next = paragraph[index...].first, !next.isLowercase, !next.isNumber else { continue }
            following = String(paragraph[index...])
            paragraph = String(paragraph[..<stop.lowerBound]) + "."
            break
        }
        if let last = paragraph.last, last.isLetter || last.isNumber || "`)'\"".contains(last) { paragraph += "." }
        var result = [paragraph]
        if !following.isEmpty { result += ["", following] }
        result += rest
        return result
    }

    private static func wrap(_ line: String, hanging: String = "", to width: Int, into lines: inout [String]) {
        if line.utf8.count <= width {
            lines.append(line)
            return
        }
        var current = ""
        var count = 0
        var isFirst = true
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            let length = word.utf8.count
            if count > hanging.utf8.count, count + 1 + length > width {
                lines.append(current)
                current = hanging + word
                count = hanging.utf8.count + length
            } else {
                if !isFirst {
                    current += " "
                    count += 1
                }
                current += word
                count += length
            }
            isFirst = false
        }
        lines.append(current)
    }
}
