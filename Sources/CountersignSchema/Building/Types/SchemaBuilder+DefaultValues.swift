extension SchemaBuilder {
    /// Builds a default for a type; nil if it does not fit the type, which is reported.
    func defaultValue(_ node: SourceNode, for type: TypeReference) -> DefaultValue? {
        switch resolved(type) {
        case .optional(let inner), .nullable(let inner): return defaultValue(node, for: inner)
        case .list(let element):
            guard case .sequence(let nodes) = node.content else {
                error(node.location, "the default of a list must be a list, such as '[]'")
                return nil
            }
            return .list(nodes.compactMap { defaultValue($0, for: element) })
        case .map:
            if case .mapping(let entries) = node.content, entries.isEmpty { return .emptyMap }
            error(node.location, "the default of a map must be '{}'")
            return nil
        case .scalar(let scalar):
            guard case .scalar(let written) = node.content else {
                error(node.location, "the default must be a single value, not \(node.kind)")
                return nil
            }
            return defaultValue(written.text, for: scalar, at: node.location)
        case .named(let name): return defaultValue(node, forType: name)
        }
    }

    private func defaultValue(_ node: SourceNode, forType name: TypeName) -> DefaultValue? {
        switch declaration(of: name)?.kind {
        case .enumeration(let enumeration):
            guard let text = text(node, of: "'default'") else { return nil }
            let named = enumeration.cases.first {
                $0.swiftName == SwiftName.member(text) || $0.value == .string(text)
                    || $0.value == Int64(text).map { .integer($0) }
            }
            if let named { return .enumerationCase(named.swiftName) }
            let hint = self.suggestion(for: text, among: enumeration.cases.map(\.swiftName))
            error(node.location, "\(quoted(text)) is not a value of '\(name)'\(hint)")
            return nil
        case .wrapper(let wrapped): return defaultValue(node, for: wrapped).map { .wrapped($0) }
        case .structure, .oneOf:
            error(node.location, "a type with fields cannot have a default")
            return nil
        case .alias, nil: return nil
        }
    }

    private func defaultValue(_ text: String, for scalar: Scalar, at location: SourceLocation) -> DefaultValue? {
        switch scalar {
        case .string, .url, .uuid:
            return .string(text)
        case .bool:
            if text == "true" || text == "false" { return .bool(text == "true") }
            error(location, "the default of a bool must be true or false, not \(quoted(text))")
        case .int, .int32, .int64:
            if let value = Int64(text), scalar != .int32 || Int32(exactly: value) != nil { return .integer(value) }
            error(location, "the default must be an integer in the range of its type, not \(quoted(text))")
        case .float, .double, .decimal:
            if Self.isDecimalNumber(text) { return .number(text) }
            error(location, "the default must be a number, not \(quoted(text))")
        case .date, .timestamp, .bytes, .json, .file:
            error(location, "a value of this type cannot have a default; make it optional")
        }
        return nil
    }

    /// Indicates whether the text is a JSON number (RFC 8259 section 6) without an exponent.
    private static func isDecimalNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.utf8.count <= 64, let whole = parts.first, whole.count == 1 || whole.first != "0" else {
            return false
        }
        return parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
