extension SchemaBuilder {
    /// Reads `/items/{id}`; nil when it is no path, which is reported.
    func pathTemplate(_ node: SchemaNode) -> PathTemplate? {
        guard let text = text(node, of: "the path") else { return nil }
        if let problem = Self.problem(withPath: text) {
            error(node.location, "\(problem): \(quoted(text))")
            return nil
        }
        var segments: [PathTemplate.Segment] = []
        var rest = text[...]
        while !rest.isEmpty {
            let literal = rest.prefix { $0 != "{" }
            if !literal.isEmpty { segments.append(.literal(String(literal))) }
            rest = rest[literal.endIndex...]
            guard !rest.isEmpty else { break }
            let name = rest.dropFirst().prefix { $0 != "}" && $0 != "{" }
            guard !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == "}" else {
                error(node.location, "expected '{name}' in the path \(quoted(text))")
                return nil
            }
            guard !segments.contains(.parameter(String(name))) else {
                error(node.location, "the parameter \(quoted(name)) stands twice in the path \(quoted(text))")
                return nil
            }
            segments.append(.parameter(String(name)))
            rest = rest[rest.index(after: name.endIndex)...]
        }
        return PathTemplate(text: text, segments: segments)
    }

    private static func problem(withPath text: String) -> String? {
        guard text.hasPrefix("/") else { return "a path starts with '/', and its server stands in 'server'" }
        guard !text.contains("//") else { return "a path has no empty segment" }
        var isInBraces = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "{"): isInBraces = true
            case UInt8(ascii: "}"):
                if !isInBraces { return "a '}' has no '{' before it in the path" }
                isInBraces = false
            case UInt8(ascii: "?"): return "a path has no query; its parameters stand under 'query'"
            case UInt8(ascii: "#"): return "a path has no fragment"
            case _ where isInBraces: break
            case 0...0x20, 0x7F...0xFF, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
                UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"):
                return "a path holds a character that must be percent-encoded"
            default: break
            }
        }
        let segments = text.split(separator: "/")
        return segments.contains(".") || segments.contains("..") ? "a path has no '.' or '..' segment" : nil
    }
}
