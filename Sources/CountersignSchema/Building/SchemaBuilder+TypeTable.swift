extension SchemaBuilder {
    func declaration(of name: TypeName) -> TypeDeclaration? {
        typeIndices[name].map { types[$0] }
    }

    /// The type behind its outermost aliases.
    func resolved(_ reference: TypeReference) -> TypeReference {
        var reference = reference
        while case .named(let name) = reference, case .alias(let target)? = declaration(of: name)?.kind {
            reference = target
        }
        return reference
    }

    /// The structure that a type is, looking through aliases and `optional`.
    func structure(of reference: TypeReference) -> Structure? {
        switch resolved(reference) {
        case .optional(let inner), .nullable(let inner): structure(of: inner)
        case .named(let name):
            if case .structure(let structure)? = declaration(of: name)?.kind { structure } else { nil }
        default: nil
        }
    }

    /// Whether a value of the type is one piece of text: it can stand in a path, a query or a header.
    func isText(_ reference: TypeReference) -> Bool {
        switch resolved(reference) {
        case .scalar(.json), .scalar(.file), .list, .map, .optional, .nullable: false
        case .scalar: true
        case .named(let name):
            switch declaration(of: name)?.kind {
            case .enumeration: true
            case .wrapper(let wrapped): isText(wrapped)
            case .structure, .oneOf, .alias: false
            // A type that could not be read is reported already.
            case nil: true
            }
        }
    }

    /// Whether the type could not be read, here or behind an alias.
    func isUnknown(_ reference: TypeReference) -> Bool {
        if case .named(let name) = resolved(reference) { typeIndices[name] == nil } else { false }
    }

    /// Whether files are among the type's values.
    func holdsFile(_ reference: TypeReference) -> Bool {
        switch resolved(reference) {
        case .scalar(let scalar): scalar == .file
        case .optional(let inner), .nullable(let inner), .list(let inner), .map(let inner): holdsFile(inner)
        case .named: false
        }
    }

    // MARK: Settling

    /// Finishes the types from an index on, once all that they name is declared.
    func settleTypes(from start: Int) {
        for index in types.indices.dropFirst(start) {
            switch types[index].kind {
            case .structure(var structure):
                for position in structure.fields.indices { settle(&structure.fields[position]) }
                types[index].kind = .structure(structure)
            case .oneOf(let oneOf):
                for oneCase in oneOf.cases where structure(of: oneCase.type) == nil && !isUnknown(oneCase.type) {
                    error(
                        oneCase.location,
                        "a type of 'oneOf' must be one with fields, so that it can hold the discriminator"
                    )
                }
            default: break
            }
        }
        guard !pendingIncludes.isEmpty else { return }
        for index in types.indices.dropFirst(start) { include(into: types[index].name, path: []) }
    }

    /// Reads the default of a field, and checks that it holds no file.
    func settle(_ field: inout Field, mayHoldFile: Bool = false) {
        if !mayHoldFile, holdsFile(field.type) {
            error(field.location, "'file' stands only in 'multipart'; for base64 text in JSON write 'bytes'")
        }
        field.type = showingAbsence(field.type)
        guard let node = pendingDefaults.removeValue(forKey: field.location) else { return }
        field.defaultValue = defaultValue(node, for: field.type)
    }

    /// The type with the `optional` and `nullable` of the names it goes by, which decide how a field is read.
    private func showingAbsence(_ type: TypeReference) -> TypeReference {
        var (core, isOptional, isNullable) = (type, false, false)
        while true {
            let name: TypeName? = if case .named(let name) = core { name } else { nil }
            switch resolved(core) {
            case .optional(let inner): (core, isOptional) = (inner, true)
            case .nullable(let inner): (core, isNullable) = (inner, true)
            default:
                if isNullable { core = .nullable(core) }
                return isOptional ? .optional(core) : core
            }
            if let name { seenThrough.insert(name) }
        }
    }

    // MARK: Includes

    /// Copies the fields of the included types, which have theirs copied first.
    private func include(into name: TypeName, path: [TypeName]) {
        guard let own = pendingIncludes.removeValue(forKey: name), let index = typeIndices[name],
            case .structure(var structure) = types[index].kind
        else { return }
        let ownFields = structure.fields.dropFirst(structure.isIdentifiable ? 1 : 0)
        var fields = Array(structure.fields.prefix(structure.isIdentifiable ? 1 : 0))
        for (included, location) in own {
            guard !(path + [name]).contains(included) else {
                error(location, "'\(included)' includes itself")
                continue
            }
            guard path.count < SchemaNode.Limit.depth else {
                error(location, "types are included through more than \(SchemaNode.Limit.depth) others")
                continue
            }
            include(into: included, path: path + [name])
            guard case .structure(let other)? = declaration(of: included)?.kind else {
                if !isUnknown(.named(included)) { error(location, "'\(included)' has no fields to include") }
                continue
            }
            if other.isIdentifiable, !structure.isIdentifiable {
                structure.isIdentifiable = true
                fields.insert(contentsOf: other.fields.prefix(1), at: 0)
                fields += other.fields.dropFirst()
            } else {
                fields += other.fields
            }
            structure.others = structure.others ?? other.others
        }
        structure.fields = fields + ownFields
        claimNames(of: structure)
        types[index].kind = .structure(structure)
    }
}
