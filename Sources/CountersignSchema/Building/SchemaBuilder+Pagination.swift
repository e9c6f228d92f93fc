extension SchemaBuilder {
    static let paginationKeys = ["items", "next", "into", "linkHeader", "page"]

    /// Reads `paginate` of an operation whose parameters and answers are read.
    func pagination(_ entry: SchemaNode.Entry, of operation: Schema.Operation) -> Pagination? {
        guard let mapping = mapping(entry.value, of: "'paginate'", keys: Self.paginationKeys) else { return nil }
        guard let next = next(mapping, of: operation), let answer = pagedAnswer(entry, of: operation) else {
            return nil
        }
        guard let node = mapping["items"] else {
            if case .list(let element) = resolved(answer) {
                return Pagination(next: next, itemType: element, location: entry.key.location)
            }
            if !isUnknown(answer), mapping.lacks("items") {
                error(entry.key.location, "'paginate' needs 'items', the field of the answer that holds them")
            }
            return nil
        }
        guard let items = field(named: node, of: "'items'", in: answer) else { return nil }
        var type = resolved(items.type)
        if case .optional(let inner) = type { type = resolved(inner) }
        if case .nullable(let inner) = type { type = resolved(inner) }
        guard case .list(let element) = type else {
            if !isUnknown(type) {
                error(node.location, "\(quoted(items.name)) must be a list, for it holds the items of a page")
            }
            return nil
        }
        return Pagination(next: next, items: items, itemType: element, location: entry.key.location)
    }

    private func pagedAnswer(_ entry: SchemaNode.Entry, of operation: Schema.Operation) -> TypeReference? {
        let answers = operation.responses.filter { $0.content != .nothing || !$0.headers.isEmpty }
        if let answer = answers.first, answers.count == 1, case .json(let type) = answer.content { return type }
        if !operation.responses.isEmpty {
            error(entry.key.location, "'paginate' needs one kind of answer, a type that holds the items")
        }
        return nil
    }

    private func next(_ mapping: Mapping, of operation: Schema.Operation) -> Pagination.Next? {
        let ways = ["next", "linkHeader", "page"].filter { mapping.contains($0) }
        guard let way = ways.first, ways.count == 1 else {
            guard mapping.misspelt.isEmpty else { return nil }
            error(
                mapping.location,
                "'paginate' must say one way to the next page: 'next' and 'into', 'linkHeader: true', or 'page'"
            )
            return nil
        }
        if way != "next", let into = mapping.entry("into") {
            error(into.key.location, "'into' belongs to 'next'")
        }
        switch way {
        case "linkHeader":
            guard let entry = mapping.entry("linkHeader") else { return nil }
            if !bool(entry.value, of: "'linkHeader'") { error(entry.value.location, "'linkHeader' can only be true") }
            return .linkHeader
        case "page":
            guard let entry = mapping.entry("page") else { return nil }
            guard let parameter = parameter(named: entry.value, of: "'page'", in: operation) else { return nil }
            switch resolved(parameter.type.unwrapped) {
            case .scalar(.int), .scalar(.int32), .scalar(.int64): break
            default:
                if !isUnknown(parameter.type.unwrapped) {
                    error(entry.value.location, "the parameter \(quoted(parameter.name)) must be an int to count pages")
                }
            }
            return .page(parameter: parameter.name)
        default: return cursor(mapping, of: operation)
        }
    }

    private func cursor(_ mapping: Mapping, of operation: Schema.Operation) -> Pagination.Next? {
        guard let next = mapping["next"] else { return nil }
        guard let into = mapping["into"] else {
            guard mapping.lacks("into") else { return nil }
            error(mapping.location, "'next' needs 'into', the query parameter that its value goes into")
            return nil
        }
        let parameter = parameter(named: into, of: "'into'", in: operation)
        guard let answer = operation.responses.lazy.compactMap(\.jsonType).first,
            let field = field(named: next, of: "'next'", in: answer), let parameter
        else { return nil }
        let (from, to) = (resolved(field.type.unwrapped), resolved(parameter.type.unwrapped))
        if from != to, !isUnknown(from), !isUnknown(to) {
            error(
                into.location,
                "\(quoted(parameter.name)) must have the type of \(quoted(field.name)), whose value it takes"
            )
        }
        return .cursor(field: field, into: parameter.name)
    }

    /// A field of the answer; nil when there is none, which is reported.
    private func field(named node: SchemaNode, of what: String, in answer: TypeReference) -> Field? {
        guard let name = text(node, of: what), !isUnknown(answer) else { return nil }
        guard let structure = structure(of: answer) else {
            error(node.location, "\(what) names a field, but the answer has none")
            return nil
        }
        if let field = structure.fields.first(where: { $0.name == name }) { return field }
        let hint = self.suggestion(for: name, among: structure.fields.map(\.name))
        error(node.location, "\(what) names \(quoted(name)), which the answer does not have\(hint)")
        return nil
    }

    private func parameter(named node: SchemaNode, of what: String, in operation: Schema.Operation) -> Field? {
        guard let name = text(node, of: what) else { return nil }
        let fields = operation.queryParameters.map(\.field)
        if let field = fields.first(where: { $0.name == name }) { return field }
        let hint = self.suggestion(for: name, among: fields.map(\.name))
        error(node.location, "\(what) names \(quoted(name)), which is no query parameter\(hint)")
        return nil
    }
}

extension Response {
    fileprivate var jsonType: TypeReference? {
        if case .json(let type) = content { type } else { nil }
    }
}
