@_spi(Generated) import CountersignJSON

/// A parser that turns JSON into nodes: strings, numbers and booleans become their text, null becomes empty text.
struct JSONParser {
    private let bytes: [UInt8]
    private let diagnostics: DiagnosticCollector
    /// The offset of `location`.
    ///
    /// Nodes arrive in file order, so that one walk over the file finds all locations.
    private var offset = 0
    private var location = SourceLocation.start

    static func parse(_ bytes: [UInt8], diagnostics: DiagnosticCollector) -> SourceNode? {
        do throws(JSONSyntaxError) {
            let document = try JSONDocument(parsing: bytes, limits: .init(maximumDepth: SourceDocument.Limit.depth))
            var parser = JSONParser(bytes: bytes, diagnostics: diagnostics)
            return parser.node(document.root)
        } catch {
            diagnostics.error(
                SourceLocation(line: error.line, column: error.column),
                "invalid JSON: \(error.message)"
            )
            return nil
        }
    }

    private init(bytes: [UInt8], diagnostics: DiagnosticCollector) {
        self.bytes = bytes
        self.diagnostics = diagnostics
    }

    private mutating func node(_ node: JSONNode) -> SourceNode {
        let location = self.location(of: node)
        func scalar(_ text: String?, _ style: SourceNode.Style) -> SourceNode {
            SourceNode(content: .scalar(.init(text: text ?? "", style: style, end: location)), location: location)
        }
        switch node.kind {
        case .object:
            var entries: [SourceNode.Entry] = []
            for member in node.members {
                let key = SourceNode.Key(
                    text: member.key.string ?? "",
                    style: .quoted,
                    location: self.location(of: member.key)
                )
                entries.append(SourceNode.Entry(key: key, value: self.node(member.value)))
            }
            entries = SourceNode.withoutDuplicates(entries, diagnostics: diagnostics)
            return SourceNode(content: .mapping(entries), location: location)
        case .array:
            var elements: [SourceNode] = []
            for element in node.elements { elements.append(self.node(element)) }
            return SourceNode(content: .sequence(elements), location: location)
        case .string: return scalar(node.string, .quoted)
        case .number: return scalar(node.numberText, .plain)
        case .bool: return scalar(node.bool == true ? "true" : "false", .plain)
        case .null: return scalar(nil, .plain)
        }
    }

    private mutating func location(of node: JSONNode) -> SourceLocation {
        bytes.withUnsafeBufferPointer { buffer in
            while offset < min(node.offset, buffer.count) {
                let byte = buffer[offset]
                offset += 1
                if byte == 0x0A || (byte == 0x0D && !(offset < buffer.count && buffer[offset] == 0x0A)) {
                    location = SourceLocation(line: location.line + 1, column: 1)
                } else if byte & 0xC0 != 0x80 {
                    location.column += 1
                }
            }
        }
        return location
    }
}
