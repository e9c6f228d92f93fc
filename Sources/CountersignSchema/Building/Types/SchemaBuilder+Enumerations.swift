extension SchemaBuilder {
    /// A value of an enumeration in the file, with the name to derive its case from.
    private struct WrittenValue {
        var name: String
        var value: String
        var notation: SourceNode.Notation
        var location: SourceLocation
    }

    func enumeration(_ node: SourceNode, isClosed: SourceNode?) -> Enumeration {
        var enumeration = Enumeration(values: .strings, cases: [])
        enumeration.isClosed = isClosed.map { bool($0, of: "'closed'") } ?? false
        guard let written = writtenValues(node) else { return enumeration }
        // The values are integers if all of them are integers without quotes.
        if !written.isEmpty, written.allSatisfy({ $0.notation == .integer && Int64($0.value) != nil }) {
            enumeration.values = .integers
        }
        reportNotation(of: written, areIntegers: enumeration.values == .integers)
        var names = MemberNames()
        var values: [Enumeration.Value: SourceLocation] = [:]
        for written in written {
            let (value, location) = (written.value, written.location)
            let wire: Enumeration.Value =
                enumeration.values == .integers ? Int64(value).map { .integer($0) } ?? .string(value) : .string(value)
            if let first = values[wire] {
                error(location, "duplicate value \(quoted(value)); the first is at \(first)")
                continue
            }
            values[wire] = location
            let swiftName = caseName(of: written.name, at: location)
            claim(swiftName, for: written.name, at: location, in: &names, remedy: Self.renaming(value))
            if swiftName == "unrecognized", !enumeration.isClosed {
                error(
                    location,
                    "an open enum already has a case 'unrecognized' for unknown values; close it with 'closed: true', "
                        + "or " + Self.renaming(value)
                )
            }
            enumeration.cases.append(.init(swiftName: swiftName, value: wire, location: location))
        }
        return enumeration
    }

    /// Returns the values of `enum`, a list or a mapping from names to values.
    private func writtenValues(_ node: SourceNode) -> [WrittenValue]? {
        let values: [(name: String?, node: SourceNode, location: SourceLocation)]
        if case .mapping = node.content {
            let entries = entries(node, of: "'enum'") ?? []
            values = entries.map { ($0.key.text, $0.value, $0.key.location) }
        } else {
            guard let elements = elements(node, of: "'enum'") else { return nil }
            values = elements.map { (nil, $0, $0.location) }
        }
        if values.isEmpty { error(node.location, "an enum requires at least one value") }
        return values.compactMap { name, node, location in
            guard case .scalar(let value) = node.content else {
                error(node.location, "a value of an enum must be text or a number, not \(node.kind)")
                return nil
            }
            return WrittenValue(
                name: name ?? value.text,
                value: value.text,
                notation: value.notation,
                location: location
            )
        }
    }

    /// Reports the first value that JSON does not write as text: as text, it would never be received.
    private func reportNotation(of written: [WrittenValue], areIntegers: Bool) {
        guard !areIntegers else { return }
        let other = written.first { $0.notation != .text && $0.notation != .integer }
        guard let first = other ?? written.first(where: { $0.notation == .integer }) else { return }
        let value = quoted(first.value)
        switch first.notation {
        case .bool:
            error(
                first.location,
                "an enum cannot contain the boolean \(value); write 'bool', or \(Self.quoting(first.value))"
            )
        case .null:
            error(
                first.location,
                "an enum cannot contain null; make the type 'nullable', or \(Self.quoting(first.value))"
            )
        case .number:
            error(
                first.location,
                "an enum cannot contain the number \(value), which is not an integer of 64 bits; write 'decimal' or "
                    + "'double', or \(Self.quoting(first.value))"
            )
        case .integer:
            error(
                first.location,
                "the values of an enum are either all integers or all text; \(Self.quoting(first.value))"
            )
        case .text: break
        }
    }

    /// Returns the advice to quote a value that is text on the wire.
    private static func quoting(_ value: String) -> String {
        "put it in quotes if it is text on the wire: '\"\(quoted(value).dropFirst().dropLast())\"'"
    }

    /// Returns the advice to name a value for which no case name can be derived.
    private static func renaming(_ value: String) -> String {
        let value = value.isEmpty ? "\"\"" : String(quoted(value).dropFirst().dropLast())
        return "name the value, as in '{ enum: { someName: \(value) } }'"
    }

    private func caseName(of name: String, at location: SourceLocation) -> String {
        if let derived = SwiftName.member(name) { return derived }
        error(location, "\(quoted(name)) has no characters for a Swift name; \(Self.renaming(name))")
        return "_\(location.line)_\(location.column)"
    }

    // MARK: One of several

    func oneOf(_ form: SourceNode.Entry, in mapping: Mapping, named name: TypeName) -> OneOf {
        var oneOf = OneOf(discriminator: "", cases: [])
        oneOf.isClosed = mapping["closed"].map { bool($0, of: "'closed'") } ?? false
        if let discriminator = mapping["discriminator"] {
            oneOf.discriminator = text(discriminator, of: "'discriminator'") ?? ""
        } else if mapping.lacks("discriminator") {
            error(form.key.location, "'oneOf' requires a 'discriminator', the field that identifies the type")
        }
        var names = MemberNames()
        for entry in entries(form.value, of: "'oneOf'") ?? [] {
            let (tag, location) = (entry.key.text, entry.key.location)
            let notation = SourceNode.Notation(of: tag, style: entry.key.style)
            if notation != .text {
                error(
                    location,
                    "the values of a discriminator must be text, not \(quoted(tag)); \(Self.quoting(tag))"
                )
            }
            let swiftName = caseName(of: tag, at: location)
            claim(swiftName, for: tag, at: location, in: &names, remedy: "use a different discriminator value")
            if swiftName == "unrecognized", !oneOf.isClosed {
                error(
                    location,
                    "an open 'oneOf' already has a case 'unrecognized' for unknown values; close it with "
                        + "'closed: true'"
                )
            }
            let reference = type(entry.value, inlineName: name.nested(SwiftName.inlineType(tag, of: swiftName)))
            oneOf.cases.append(.init(tag: tag, swiftName: swiftName, type: reference, location: location))
        }
        return oneOf
    }
}
