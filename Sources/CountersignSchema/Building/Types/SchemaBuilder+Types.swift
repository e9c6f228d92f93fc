extension SchemaBuilder {
    /// Names that have another meaning in the generated client.
    static let reservedTypeNames = SwiftName.reservedTypes.union([
        "Failure", "Stub",
        // Types and protocols to which generated code refers by these names.
        "CaseIterable", "ExpressibleByIntegerLiteral", "ExpressibleByStringLiteral", "Hashable", "Identifiable",
        "RawRepresentable", "Sendable", "Void",
    ])
    static let declarationKeys = TypeWord.forms + TypeWord.details + ["description", "deprecated", "swift"]

    /// Builds `types`: all names first, so that types can refer to each other in any order.
    func buildTypes(_ node: SourceNode?) {
        guard let node, let entries = entries(node, of: "'types'") else { return }
        var names = MemberNames()
        var found: [(entry: SourceNode.Entry, name: TypeName)] = []
        for entry in entries {
            let (word, location) = (entry.key.text, entry.key.location)
            guard TypeWord.scalars[word] == nil, !TypeWord.prefixes.contains(word), word != "nothing" else {
                error(location, "\(quoted(word)) is a keyword of the schema language; give the type another name")
                continue
            }
            guard !word.contains(where: \.isWhitespace), let name = typeName(of: entry) else {
                error(location, "\(quoted(word)) is not a valid type name; write a name like 'OrderItem'")
                continue
            }
            if Self.reservedTypeNames.contains(name) {
                error(location, "a type of the client cannot be called '\(name)'; choose another name with 'swift: …'")
            }
            declared[word] = TypeName(name)
            if claim(name, for: word, at: location, in: &names) { found.append((entry, TypeName(name))) }
        }
        for (entry, name) in found { buildType(entry, name: name) }
    }

    private func typeName(of entry: SourceNode.Entry) -> String? {
        if case .mapping(let entries) = entry.value.content,
            let chosen = entries.first(where: { $0.key.text == "swift" }),
            case .scalar(let scalar) = chosen.value.content
        {
            return SwiftName.isIdentifier(scalar.text) ? scalar.text : nil
        }
        return SwiftName.type(entry.key.text)
    }

    private func buildType(_ entry: SourceNode.Entry, name: TypeName) {
        let location = entry.key.location
        guard case .mapping = entry.value.content else {
            let reference = type(entry.value, inlineName: name)
            declare(name, at: location, .alias(reference), in: Mapping(entries: [], location: location))
            return
        }
        let what = "type \(quoted(entry.key.text))"
        guard let mapping = mapping(entry.value, of: what, keys: Self.declarationKeys), let form = form(of: mapping)
        else { return }
        declare(name, at: location, kind(of: form, in: mapping, named: name), in: mapping)
    }

    /// Adds a declared type, or an inline type under its inline name.
    func declare(_ name: TypeName, at location: SourceLocation, _ kind: TypeDeclaration.Kind, in mapping: Mapping) {
        var declaration = TypeDeclaration(name: name, location: location, kind: kind)
        if name.path.count == 1 {
            declaration.description = prose(mapping["description"], of: "'description'")
            declaration.deprecated = prose(mapping["deprecated"], of: "'deprecated'")
        }
        if let index = typeIndices[name] {
            error(
                location,
                "this inline type would be called '\(name)', like the one at \(types[index].location); "
                    + "declare it under 'types'"
            )
            return
        }
        typeIndices[name] = types.count
        types.append(declaration)
    }

    /// Returns the declaration that a long form makes.
    func kind(of form: SourceNode.Entry, in mapping: Mapping, named name: TypeName) -> TypeDeclaration.Kind {
        switch form.key.text {
        case "enum": return .enumeration(enumeration(form.value, isClosed: mapping["closed"]))
        case "wraps":
            let wrapped = type(form.value, inlineName: name.nested("RawValue"))
            if case .optional = wrapped { error(form.value.location, "a type cannot wrap an optional type") }
            if case .nullable = wrapped { error(form.value.location, "a type cannot wrap a nullable type") }
            if case .scalar(.file) = wrapped { error(form.value.location, "a type cannot wrap a file") }
            return .wrapper(wrapped)
        case "oneOf": return .oneOf(oneOf(form, in: mapping, named: name))
        case "fields", "id", "includes": return .structure(structure(mapping, named: name))
        // In Swift no type can be nested in an alias.
        default:
            let element = TypeName(path: name.path.dropLast() + [name.path[name.path.count - 1] + "Element"])
            return .alias(type(of: form, in: mapping, inlineName: element))
        }
    }

    /// Reports keys that refine another form than this one.
    func checkDetails(of form: SourceNode.Entry, in mapping: Mapping) {
        let fitting: [String] =
            switch form.key.text {
            case "fields", "id", "includes": ["id", "includes", "others"]
            case "enum": ["closed"]
            case "oneOf": ["discriminator", "closed"]
            default: []
            }
        for entry in mapping.entries
        where TypeWord.details.contains(entry.key.text) && !fitting.contains(entry.key.text) {
            error(entry.key.location, "\(quoted(entry.key.text)) cannot be combined with \(quoted(form.key.text))")
        }
    }
}
