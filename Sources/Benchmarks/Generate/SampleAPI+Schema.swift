extension SampleAPI {
    /// The schema of a client of this API.
    var schema: String {
        """
        client: SampleAPI
        server: https://api.example.com/v1
        auth: { clientCredentials: { issuer: https://login.example.com, scopes: [api], dpop: true } }
        errors: { 4xx: Fault, 5xx: Fault }
        types:
        \(types.map(\.schema).joined(separator: "\n"))
        operations:
        \(operations.map(\.schema).joined(separator: "\n"))

        """
    }
}

extension SampleAPI.NamedType {
    fileprivate var schema: String {
        switch kind {
        case .wrapper: "  \(name): { wraps: string }"
        case .enumeration(let cases): "  \(name): { enum: [\(cases.joined(separator: ", "))] }"
        case .fields(let fields):
            (["  \(name):"]
                + fields.filter { $0.name == "id" }.map { "    \($0.schema)" }
                + ["    fields:"]
                + fields.filter { $0.name != "id" }.map { "      \($0.schema)" })
                .joined(separator: "\n")
        }
    }
}

extension SampleAPI.Operation {
    fileprivate var schema: String {
        var lines = ["  \(name):", "    \(method): \(path)", "    summary: \(summary)"]
        if hasIdentifier { lines.append("    path: { id: \(identifier) }") }
        if !query.isEmpty { lines.append("    query: \(query.schema)") }
        if !headers.isEmpty { lines.append("    headers: \(headers.schema)") }
        switch body {
        case .value(let type): lines.append("    body: \(type.schema)")
        case .fields(let fields): lines.append("    body: { fields: \(fields.schema) }")
        case nil: break
        }
        let output = output?.schema ?? "nothing"
        lines.append("    returns: \(status == 200 ? output : "{ \(status): \(output) }")")
        if let conflict { lines.append("    errors: { 409: \(conflict) }") }
        if isPaged { lines.append("    paginate: { items: items, next: next_cursor, into: cursor }") }
        return lines.joined(separator: "\n")
    }
}

extension [SampleAPI.Field] {
    fileprivate var schema: String { "{ \(map(\.schema).joined(separator: ", ")) }" }
}

extension SampleAPI.Field {
    fileprivate var schema: String { "\(name): \(type.schema)" }
}

extension SampleAPI.ValueType {
    fileprivate var schema: String {
        switch self {
        case .named(let name): name
        case .optional(let type): "optional \(type.schema)"
        case .list(let type): "list of \(type.schema)"
        case .map(let type): "map of \(type.schema)"
        }
    }
}
