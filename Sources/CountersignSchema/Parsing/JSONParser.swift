import CountersignJSON

/// Reads JSON into nodes: strings, numbers and booleans alike become their text, null becomes nothing.
struct JSONReader {
    private let bytes: [UInt8]
    private let diagnostics: Diagnostics
    /// Nodes come in the order of the file, so that their places are found in one walk over it.
    private var offset = 0
    private var location = SourceLocation.start

    static func read(_ bytes: [UInt8], diagnostics: Diagnostics) -> SchemaNode? {
        do throws(JSONSyntaxError) {
            let document = try JSONDocument(parsing: bytes, limits: .init(maximumDepth: SchemaNode.Limit.depth))
            var reader = JSONReader(bytes: bytes, diagnostics: diagnostics)
            return reader.node(document.root)
        } catch {
            diagnostics.error(
                SourceLocation(line: error.line, column: error.column),
                "this is not JSON: \(error.reason)"
            )
            return nil
        }
    }

    private init(bytes: [UInt8], diagnostics: Diagnostics) {
        self.bytes = bytes
        self.diagnostics = diagnostics
    }

    private mutating func node(_ node: JSONNode) -> SchemaNode {
        let place = place(of: node)
        func scalar(_ text: String?, _ style: SchemaNode.Style) -> SchemaNode {
            SchemaNode(content: .scalar(.init(text: text ?? "", style: style, end: place)), location: place)
        }
        switch node.kind {
        case .object:
            var entries: [SchemaNode.Entry] = []
            for member in node.members {
                let key = SchemaNode.Key(
                    text: member.key.string ?? "",
                    style: .quoted,
                    location: self.place(of: member.key)
                )
                entries.append(SchemaNode.Entry(key: key, value: self.node(member.value)))
            }
            entries = SchemaNode.withoutDuplicates(entries, diagnostics: diagnostics)
            return SchemaNode(content: .mapping(entries), location: place)
        case .array:
            var elements: [SchemaNode] = []
            for element in node.elements { elements.append(self.node(element)) }
            return SchemaNode(content: .sequence(elements), location: place)
        case .string: return scalar(node.string, .quoted)
        case .number: return scalar(node.numberText, .plain)
        case .bool: return scalar(node.bool == true ? "true" : "false", .plain)
        case .null: return scalar(nil, .plain)
        }
    }

    private mutating func place(of node: JSONNode) -> SourceLocation {
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
