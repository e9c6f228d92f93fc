extension SchemaBuilder {
    static let paginationKeys = ["items", "next", "into", "linkHeader", "page"]

    /// Builds `paginate` of an operation that already has its parameters and responses.
    func pagination(_ entry: SourceNode.Entry, of operation: Schema.Operation) -> Pagination? {
        guard let mapping = mapping(entry.value, of: "'paginate'", keys: Self.paginationKeys) else { return nil }
        let next = next(mapping, of: operation)
        guard let response = pagedResponse(entry, of: operation) else { return nil }
        guard let node = mapping["items"] else {
            if case .list(let element) = resolved(response) {
                return next.map { Pagination(next: $0, itemType: element, location: entry.key.location) }
            }
            if !isUnknown(response), mapping.lacks("items") {
                error(entry.key.location, "'paginate' requires 'items', the field of the response with the items")
            }
            return nil
        }
        guard let items = field(named: node, of: "'items'", in: response) else { return nil }
        var type = resolved(items.type)
        if case .optional(let inner) = type { type = resolved(inner) }
        if case .nullable(let inner) = type { type = resolved(inner) }
        guard case .list(let element) = type else {
            if !isUnknown(type) {
                error(node.location, "\(quoted(items.name)) must be a list, since it contains the items of a page")
            }
            return nil
        }
        return next.map { Pagination(next: $0, items: items, itemType: element, location: entry.key.location) }
    }

    private func pagedResponse(_ entry: SourceNode.Entry, of operation: Schema.Operation) -> TypeReference? {
        let responses = operation.responses.filter { $0.content != .nothing || !$0.headers.isEmpty }
        if let response = responses.first, responses.count == 1, case .json(let type) = response.content { return type }
        if !operation.responses.isEmpty {
            error(entry.key.location, "'paginate' requires a single type of response, which contains the items")
        }
        return nil
    }

    private func next(_ mapping: Mapping, of operation: Schema.Operation) -> Pagination.Next? {
        let ways = ["next", "linkHeader", "page"].filter { mapping.contains($0) }
        guard let way = ways.first, ways.count == 1 else {
            guard mapping.misspelt.isEmpty else { return nil }
            error(
                mapping.location,
                "'paginate' requires exactly one way to the next page: 'next' and 'into', 'linkHeader: true', or 'page'"
            )
            return nil
        }
        if way != "next", let into = mapping.entry("into") {
            error(into.key.location, "'into' is only allowed with 'next'")
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
        let response = operation.responses.lazy.compactMap(\.body).first
        let field = response.flatMap { self.field(named: next, of: "'next'", in: $0) }
        guard let into = mapping["into"] else {
            guard mapping.lacks("into") else { return nil }
            error(mapping.location, "'next' requires 'into', the query parameter that takes its value")
            return nil
        }
        let parameter = parameter(named: into, of: "'into'", in: operation)
        guard let field, let parameter else { return nil }
        let (from, to) = (resolved(field.type.unwrapped), resolved(parameter.type.unwrapped))
        if from != to, !isUnknown(from), !isUnknown(to) {
            error(
                into.location,
                "\(quoted(parameter.name)) must have the type of \(quoted(field.name)), whose value it takes"
            )
        }
        return .cursor(field: field, into: parameter.name)
    }

    /// Returns a field of the response; nil if there is no such field, which is reported.
    private func field(named node: SourceNode, of what: String, in response: TypeReference) -> Field? {
        guard let name = text(node, of: what), !isUnknown(response) else { return nil }
        guard let structure = structure(of: response) else {
            error(node.location, "\(what) must name a field, but the response has no fields")
            return nil
        }
        if let field = structure.fields.first(where: { $0.name == name }) { return field }
        let hint = self.suggestion(for: name, among: structure.fields.map(\.name))
        error(node.location, "unknown field \(quoted(name)) of the response in \(what)\(hint)")
        return nil
    }

    private func parameter(named node: SourceNode, of what: String, in operation: Schema.Operation) -> Field? {
        guard let name = text(node, of: what) else { return nil }
        let fields = operation.queryParameters.map(\.field)
        if let field = fields.first(where: { $0.name == name }) { return field }
        let hint = self.suggestion(for: name, among: fields.map(\.name))
        error(node.location, "unknown query parameter \(quoted(name)) in \(what)\(hint)")
        return nil
    }
}
