extension SchemaBuilder {
    /// Completes the types from an index on, once all types that they refer to are declared.
    func completeTypes(from start: Int) {
        for index in types.indices.dropFirst(start) {
            switch types[index].kind {
            case .structure(var structure):
                for position in structure.fields.indices { complete(&structure.fields[position]) }
                types[index].kind = .structure(structure)
            case .oneOf(let oneOf):
                for oneCase in oneOf.cases where structure(of: oneCase.type) == nil && !isUnknown(oneCase.type) {
                    error(
                        oneCase.location,
                        "a type of 'oneOf' must have fields, so that it can contain the discriminator"
                    )
                }
            default: break
            }
        }
        guard !pendingIncludes.isEmpty else { return }
        for index in types.indices.dropFirst(start) { include(into: types[index].name, path: []) }
    }

    /// Builds the default of a field, and reports a file where none is allowed.
    func complete(_ field: inout Field, allowsFile: Bool = false) {
        if !allowsFile, containsFile(field.type) {
            error(field.location, "'file' is only allowed in 'multipart'; for base64 text in JSON write 'bytes'")
        }
        field.type = exposingOptionality(field.type)
        guard let node = pendingDefaults.removeValue(forKey: field.location) else { return }
        field.defaultValue = defaultValue(node, for: field.type)
    }

    /// Returns the type with the `optional` and `nullable` of its aliases, which determine how a field is decoded.
    private func exposingOptionality(_ type: TypeReference) -> TypeReference {
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
            if let name { resolvedAliases.insert(name) }
        }
    }

    // MARK: Includes

    /// Copies the fields of the included types into a structure; the included types are completed first.
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
            guard path.count < SourceDocument.Limit.depth else {
                error(location, "'includes' is nested more than \(SourceDocument.Limit.depth) levels deep")
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
