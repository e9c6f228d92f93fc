extension SchemaBuilder {
    /// Builds the template of a path such as `/items/{id}`; nil if it is invalid, which is reported.
    func pathTemplate(_ node: SourceNode) -> PathTemplate? {
        guard let text = text(node, of: "the path") else { return nil }
        func reject(_ problem: String) -> PathTemplate? {
            error(node.location, "invalid path \(quoted(text)): \(problem)")
            return nil
        }
        if let problem = Self.problem(withPath: text) { return reject(problem) }
        var segments: [PathTemplate.Segment] = []
        var rest = text[...]
        while !rest.isEmpty {
            let literal = rest.prefix { $0 != "{" }
            if !literal.isEmpty { segments.append(.literal(String(literal))) }
            rest = rest[literal.endIndex...]
            guard !rest.isEmpty else { break }
            let name = rest.dropFirst().prefix { $0 != "}" && $0 != "{" }
            guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" else {
                return reject("expected '{name}'")
            }
            guard !segments.contains(.parameter(String(name))) else {
                return reject("duplicate parameter \(quoted(name))")
            }
            segments.append(.parameter(String(name)))
            rest = rest[rest.index(after: name.endIndex)...]
        }
        return PathTemplate(text: text, segments: segments)
    }

    private static func problem(withPath text: String) -> String? {
        guard text.hasPrefix("/") else { return "must start with '/'; the server goes in 'server'" }
        guard !text.contains("//") else { return "must not contain an empty segment" }
        var isInBraces = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "{"): isInBraces = true
            case UInt8(ascii: "}"):
                if !isInBraces { return "missing '{' before '}'" }
                isInBraces = false
            case UInt8(ascii: "?"): return "must not contain a query; declare its parameters under 'query'"
            case UInt8(ascii: "#"): return "must not contain a fragment"
            case _ where isInBraces: break
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"):
                return "contains a character that must be percent-encoded"
            default: break
            }
        }
        let segments = text.split(separator: "/")
        return segments.contains(".") || segments.contains("..") ? "must not contain a segment '.' or '..'" : nil
    }
}
