extension SchemaBuilder {
    /// Names that mean something else in the generated client.
    static let takenTypeNames = SwiftName.takenTypes.union([
        "Failure", "Stub",
        // What generated types conform to or return, by these names.
        "CaseIterable", "ExpressibleByIntegerLiteral", "ExpressibleByStringLiteral", "Hashable", "Identifiable",
        "RawRepresentable", "Sendable", "Void",
    ])
    static let declarationKeys = TypeWord.forms + TypeWord.details + ["description", "deprecated", "swift"]

    /// Reads `types`: first all names, so that types can name one another in any order.
    func readTypes(_ node: SchemaNode?) {
        guard let node, let entries = entries(node, of: "'types'") else { return }
        var names = MemberNames()
        var found: [(entry: SchemaNode.Entry, name: TypeName)] = []
        for entry in entries {
            let (word, location) = (entry.key.text, entry.key.location)
            guard TypeWord.scalars[word] == nil, !TypeWord.prefixes.contains(word), word != "nothing" else {
                error(location, "\(quoted(word)) is a word of the schema language; give the type another name")
                continue
            }
            guard !word.contains(where: \.isWhitespace), let name = typeName(of: entry) else {
                error(location, "\(quoted(word)) cannot name a type; write a name like 'OrderItem'")
                continue
            }
            if Self.takenTypeNames.contains(name) {
                error(location, "a type of the client cannot be called '\(name)'; choose another name with 'swift: …'")
            }
            declared[word] = TypeName(name)
            if claim(name, for: word, at: location, in: &names) { found.append((entry, TypeName(name))) }
        }
        for (entry, name) in found { readType(entry, name: name) }
    }

    private func typeName(of entry: SchemaNode.Entry) -> String? {
        if case .mapping(let entries) = entry.value.content,
            let chosen = entries.first(where: { $0.key.text == "swift" }),
            case .scalar(let scalar) = chosen.value.content
        {
            return SwiftName.isIdentifier(scalar.text) ? scalar.text : nil
        }
        return SwiftName.type(entry.key.text)
    }

    private func readType(_ entry: SchemaNode.Entry, name: TypeName) {
        let location = entry.key.location
        guard case .mapping = entry.value.content else {
            let reference = type(entry.value, place: name)
            declare(name, at: location, .alias(reference), in: Mapping(entries: [], location: location))
            return
        }
        let what = "type \(quoted(entry.key.text))"
        guard let mapping = mapping(entry.value, of: what, keys: Self.declarationKeys), let form = form(of: mapping)
        else { return }
        declare(name, at: location, kind(of: form, in: mapping, named: name), in: mapping)
    }

    /// Adds a type under a name that is its own, or that of an inline type's place.
    func declare(_ name: TypeName, at location: SourceLocation, _ kind: TypeDeclaration.Kind, in mapping: Mapping) {
        var declaration = TypeDeclaration(name: name, location: location, kind: kind)
        if name.path.count == 1 {
            declaration.description = prose(mapping["description"], of: "'description'")
            declaration.deprecated = prose(mapping["deprecated"], of: "'deprecated'")
        }
        if let index = typeIndices[name] {
            let first = types[index].location
            error(
                location,
                "this type is called '\(name)' by its place, as the one at \(first.line):\(first.column) is; "
                    + "declare it under 'types'"
            )
            return
        }
        typeIndices[name] = types.count
        types.append(declaration)
    }

    /// What a long form declares.
    func kind(of form: SchemaNode.Entry, in mapping: Mapping, named name: TypeName) -> TypeDeclaration.Kind {
        switch form.key.text {
        case "enum": return .enumeration(enumeration(form.value, isClosed: mapping["closed"]))
        case "wraps":
            let wrapped = type(form.value, place: name.nested("RawValue"))
            if case .optional = wrapped { error(form.value.location, "a type cannot wrap an optional one") }
            if case .nullable = wrapped { error(form.value.location, "a type cannot wrap a nullable one") }
            if case .scalar(.file) = wrapped { error(form.value.location, "a type cannot wrap a file") }
            return .wrapper(wrapped)
        case "oneOf": return .oneOf(oneOf(form, in: mapping, named: name))
        case "fields", "id", "includes": return .structure(structure(mapping, named: name))
        // Swift has no place for a type within another name for one.
        default:
            let place = TypeName(path: name.path.dropLast() + [name.path[name.path.count - 1] + "Element"])
            return .alias(type(of: form, in: mapping, place: place))
        }
    }

    /// Reports the keys that say more about another form than this one.
    func checkDetails(of form: SchemaNode.Entry, in mapping: Mapping) {
        let fitting: [String] =
            switch form.key.text {
            case "fields", "id", "includes": ["id", "includes", "others"]
            case "enum": ["closed"]
            case "oneOf": ["discriminator", "closed"]
            default: []
            }
        for entry in mapping.entries
        where TypeWord.details.contains(entry.key.text) && !fitting.contains(entry.key.text) {
            error(entry.key.location, "\(quoted(entry.key.text)) has no meaning beside \(quoted(form.key.text))")
        }
    }

    // MARK: Structures

    func structure(_ mapping: Mapping, named name: TypeName) -> Structure {
        var structure = Structure()
        if let entry = mapping.entry("id") {
            structure.isIdentifiable = true
            structure.fields.append(field(entry, of: name))
        }
        if let entry = mapping.entry("includes") {
            for (word, location) in texts(entry.value, of: "'includes'") {
                guard let included = declared[word] else {
                    let hint = self.suggestion(for: word, among: declared.keys.sorted())
                    error(location, "unknown type \(quoted(word)) in 'includes'\(hint)")
                    continue
                }
                structure.includes.append(included)
                pendingIncludes[name, default: []].append((included, location))
            }
        }
        if let node = mapping["fields"] {
            for entry in entries(node, of: "'fields'") ?? [] {
                if structure.isIdentifiable, entry.key.text == "id" {
                    error(entry.key.location, "'id' stands in 'fields' and beside it; keep one")
                    continue
                }
                structure.fields.append(field(entry, of: name))
            }
        }
        if let entry = mapping.entry("others") {
            structure.others = type(entry.value, place: name.nested("Others"))
            if case .optional = structure.others {
                error(entry.value.location, "the value of another property is never absent; write 'nullable …'")
            }
        }
        claimNames(of: structure)
        for field in structure.fields where typeIndices[name.nested(field.swiftName)] != nil {
            error(
                field.location,
                "'\(field.swiftName)' is the name of a type in here, too; choose another with 'swift: …'"
            )
        }
        return structure
    }

    /// Reports fields with the name of another, or of what holds the other properties.
    func claimNames(of structure: Structure) {
        var names = MemberNames()
        for field in structure.fields {
            if structure.others != nil, field.swiftName == "others" {
                error(
                    field.location,
                    "a type with 'others' keeps the other properties under this name; choose another with 'swift: …'"
                )
            }
            if field.swiftName == "hashValue" {
                error(field.location, "'hashValue' is a name of Swift's in every type; choose another with 'swift: …'")
            }
            claim(field.swiftName, for: field.name, at: field.location, in: &names)
            if field.deprecated != nil { claim(field.storedName, for: field.name, at: field.location, in: &names) }
        }
    }

    // MARK: Enumerations

    private func enumeration(_ node: SchemaNode, isClosed: SchemaNode?) -> Enumeration {
        var enumeration = Enumeration(values: .strings, cases: [])
        enumeration.isClosed = isClosed.map { bool($0, of: "'closed'") } ?? false
        var found: [(name: String, value: String, isQuoted: Bool, location: SourceLocation)] = []
        if case .mapping = node.content {
            let entries = entries(node, of: "'enum'") ?? []
            if entries.isEmpty { error(node.location, "an enum needs at least one value") }
            for entry in entries {
                guard let value = enumerationValue(entry.value) else { continue }
                found.append((entry.key.text, value.text, value.style != .plain, entry.key.location))
            }
        } else {
            guard let elements = elements(node, of: "'enum'") else { return enumeration }
            if elements.isEmpty { error(node.location, "an enum needs at least one value") }
            for element in elements {
                guard let value = enumerationValue(element) else { continue }
                found.append((value.text, value.text, value.style != .plain, element.location))
            }
        }
        // Values are integers when all of them are, and none is in quotes.
        if !found.isEmpty, found.allSatisfy({ !$0.isQuoted && Int64($0.value) != nil }) {
            enumeration.values = .integers
        }
        var names = MemberNames()
        var values: [Enumeration.Value: SourceLocation] = [:]
        for (name, value, _, location) in found {
            let wire: Enumeration.Value =
                enumeration.values == .integers ? Int64(value).map { .integer($0) } ?? .string(value) : .string(value)
            if let first = values[wire] {
                error(
                    location,
                    "the value \(quoted(value)) stands twice; the first is at \(first.line):\(first.column)"
                )
                continue
            }
            values[wire] = location
            let swiftName = caseName(of: name, at: location)
            claim(swiftName, for: name, at: location, in: &names, remedy: Self.renaming(value))
            if swiftName == "unrecognized", !enumeration.isClosed {
                error(
                    location,
                    "an open enum has a case 'unrecognized' for what it does not know; close it with 'closed: true', or "
                        + Self.renaming(value)
                )
            }
            enumeration.cases.append(.init(swiftName: swiftName, value: wire, location: location))
        }
        return enumeration
    }

    private func enumerationValue(_ node: SchemaNode) -> SchemaNode.Scalar? {
        if case .scalar(let scalar) = node.content { return scalar }
        error(node.location, "a value of an enum must be text or a number, not \(node.kind)")
        return nil
    }

    /// What to do about a value whose own name will not do.
    private static func renaming(_ value: String) -> String {
        let value = value.isEmpty ? "\"\"" : String(quoted(value).dropFirst().dropLast())
        return "name the value, as in '{ enum: { someName: \(value) } }'"
    }

    private func caseName(of name: String, at location: SourceLocation) -> String {
        if let derived = SwiftName.member(name) { return derived }
        error(location, "nothing of \(quoted(name)) can stand in a Swift name; \(Self.renaming(name))")
        return "_\(location.line)_\(location.column)"
    }

    // MARK: One of several

    private func oneOf(_ form: SchemaNode.Entry, in mapping: Mapping, named name: TypeName) -> OneOf {
        var oneOf = OneOf(discriminator: "", cases: [])
        oneOf.isClosed = mapping["closed"].map { bool($0, of: "'closed'") } ?? false
        if let discriminator = mapping["discriminator"] {
            oneOf.discriminator = text(discriminator, of: "'discriminator'") ?? ""
        } else if mapping.lacks("discriminator") {
            error(form.key.location, "'oneOf' needs a 'discriminator', the field that tells its types apart")
        }
        var names = MemberNames()
        for entry in entries(form.value, of: "'oneOf'") ?? [] {
            let (tag, location) = (entry.key.text, entry.key.location)
            let swiftName = caseName(of: tag, at: location)
            claim(swiftName, for: tag, at: location, in: &names, remedy: "a tag needs a name of its own")
            if swiftName == "unrecognized", !oneOf.isClosed {
                error(
                    location,
                    "an open 'oneOf' has a case 'unrecognized' for what it does not know; close it with 'closed: true'"
                )
            }
            let reference = type(entry.value, place: name.nested(SwiftName.inlineType(tag, of: swiftName)))
            oneOf.cases.append(.init(tag: tag, swiftName: swiftName, type: reference, location: location))
        }
        return oneOf
    }
}
