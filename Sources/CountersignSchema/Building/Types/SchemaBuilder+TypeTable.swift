extension SchemaBuilder {
    func declaration(of name: TypeName) -> TypeDeclaration? {
        typeIndices[name].map { types[$0] }
    }

    /// Returns the type behind the outermost aliases.
    func resolved(_ reference: TypeReference) -> TypeReference {
        var reference = reference
        while case .named(let name) = reference, case .alias(let target)? = declaration(of: name)?.kind {
            reference = target
        }
        return reference
    }

    /// Returns the structure behind aliases, `optional` and `nullable`; nil for any other type.
    func structure(of reference: TypeReference) -> Structure? {
        switch resolved(reference) {
        case .optional(let inner), .nullable(let inner): structure(of: inner)
        case .named(let name):
            if case .structure(let structure)? = declaration(of: name)?.kind { structure } else { nil }
        default: nil
        }
    }

    /// Indicates whether a value of the type can be written as text in a path, a query or a header.
    func isText(_ reference: TypeReference) -> Bool {
        switch resolved(reference) {
        case .scalar(.json), .scalar(.file), .list, .map, .optional, .nullable: false
        case .scalar: true
        case .named(let name):
            switch declaration(of: name)?.kind {
            case .enumeration: true
            case .wrapper(let wrapped): isText(wrapped)
            case .structure, .oneOf, .alias: false
            // An invalid type has been reported already.
            case nil: true
            }
        }
    }

    /// Indicates whether the type, or the target of an alias, is invalid and has been reported.
    func isUnknown(_ reference: TypeReference) -> Bool {
        if case .named(let name) = resolved(reference) { typeIndices[name] == nil } else { false }
    }

    /// Indicates whether values of the type can contain files.
    func containsFile(_ reference: TypeReference) -> Bool {
        switch resolved(reference) {
        case .scalar(let scalar): scalar == .file
        case .optional(let inner), .nullable(let inner), .list(let inner), .map(let inner): containsFile(inner)
        case .named: false
        }
    }
}
