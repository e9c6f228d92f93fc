extension SourceText {
    /// Adds a documentation comment: a summary of one sentence, then paragraphs; nothing if there is no text.
    mutating func documentation(_ paragraphs: [String], parameters: [(name: String, text: String)] = []) {
        let lines = DocumentationComment.lines(of: paragraphs, parameters: parameters, width: commentWidth)
        for text in lines { line(text.isEmpty ? "///" : "/// " + text) }
    }

    mutating func documentation(_ text: String?) {
        if let text { documentation([text]) }
    }
}
