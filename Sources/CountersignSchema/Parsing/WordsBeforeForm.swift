/// The mistake `optional { … }`: words of a type before a long form, which YAML does not read as one value.
struct WordsBeforeForm {
    /// The keys of the long forms that the words stand for, the outermost first.
    let keys: [String]
    /// The column of the first word, and of the bracket after the words.
    let columns: (words: Int, bracket: Int)

    /// More words are no mistake of a person.
    private static let maximumKeys = 8

    /// Finds the last such words in a line that precede a column.
    init?(in line: some Collection<Unicode.Scalar>, before column: Int) {
        let line = Array(line.prefix(column))
        for bracket in line.indices.reversed() where line[bracket] == "{" {
            var words: [(text: String, start: Int)] = []
            var end = bracket
            while true {
                while end > 0, line[end - 1] == " " { end -= 1 }
                var start = end
                while start > 0, ("a"..."z").contains(line[start - 1]) { start -= 1 }
                let text = String(String.UnicodeScalarView(line[start..<end]))
                guard TypeWord.prefixes.contains(text) || text == "of" else { break }
                words.insert((text, start), at: 0)
                end = start
            }
            let keys = words.map(\.text).filter { $0 != "of" }
            guard let first = words.first, first.text != "of", keys.count <= Self.maximumKeys else { continue }
            // The words are the whole value before the bracket, and not the end of a sentence.
            let before = line[..<first.start].last { $0 != " " }
            guard before.map({ ":,[{-".unicodeScalars.contains($0) }) ?? true else { continue }
            self.keys = keys
            columns = (first.start + 1, bracket + 1)
            return
        }
        return nil
    }

    /// Creates the mistake of a scalar; nil if it is not of this form.
    init?(in text: String) {
        let bracket = text.unicodeScalars.firstIndex(of: "{")
        guard let bracket else { return nil }
        let column = text.unicodeScalars.distance(from: text.unicodeScalars.startIndex, to: bracket) + 1
        self.init(in: text.unicodeScalars, before: column)
    }

    var message: String {
        let opening = keys.map { "{ \($0): " }.joined()
        return "words cannot stand before '{'; write '\(opening){ … }\(String(repeating: " }", count: keys.count))'"
    }

    /// Returns the node of the bracket as the long forms that were meant.
    func wrapping(_ node: SourceNode, at location: SourceLocation) -> SourceNode {
        keys.reversed().reduce(node) { inner, key in
            let entry = SourceNode.Entry(key: .init(text: key, style: .plain, location: location), value: inner)
            return SourceNode(content: .mapping([entry]), location: location)
        }
    }
}
