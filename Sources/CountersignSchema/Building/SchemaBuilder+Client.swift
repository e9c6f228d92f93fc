extension SchemaBuilder {
    /// The keys of a schema; `$schema` is for editors.
    static let keys = [
        "client", "description", "server", "servers", "timeout", "access", "stub", "conformances", "auth", "errors",
        "types", "operations", "$schema",
    ]
    static let overlayKeys = ["openapi", "include", "rename", "paginate", "allow"]

    /// Builds the schema; it is only valid if no error was reported.
    func build() -> Schema? {
        if let openAPI = (entries(root, of: "a schema") ?? []).first(where: { $0.key.text == "openapi" }) {
            reportIfUnsupported(.openAPI, at: openAPI.key.location)
            return nil
        }
        guard case .mapping = root.content, let mapping = mapping(root, of: "the schema", keys: Self.keys) else {
            return nil
        }
        var schema = Schema(name: clientName(mapping), servers: servers(mapping))
        schema.location = mapping.entry("client")?.key.location ?? .start
        schema.description = prose(mapping["description"], of: "'description'")
        buildOptions(mapping, into: &schema)
        if let node = mapping["$schema"] { _ = text(node, of: "'$schema'") }
        var hasServerIssuers = false
        if case .named(let servers) = schema.servers { hasServerIssuers = servers.contains { $0.issuer != nil } }
        let requirement = buildAuthorization(mapping["auth"], hasServerIssuers: hasServerIssuers)
        schema.defaultRequirement = requirement ?? .none
        schema.schemes = schemes

        buildTypes(mapping["types"])
        breakAliasCycles()
        completeTypes(from: 0)
        let start = types.count
        schema.errors = mapping["errors"].map { errors($0, inlineName: { TypeName("Error\($0)") }) } ?? []
        completeTypes(from: start)
        if let operations = mapping["operations"] {
            schema.operations = buildOperations(operations, requirement: requirement, errors: schema.errors)
        } else if mapping.lacks("operations") {
            error(
                mapping.location,
                "a schema requires 'operations', such as 'operations: { health: { get: /health, … } }'"
            )
        }
        return validated(schema)
    }

    /// Validates the schema as a whole, and adds its types.
    private func validated(_ schema: Schema) -> Schema {
        var schema = schema
        checkNamespaces(of: schema)
        markRecursiveTypes()
        markCoding(of: schema.operations)
        if schema.conformances.contains(.codable) {
            for index in types.indices { types[index].coding = [.encoded, .decoded] }
        }
        schema.types = types.filter { $0.name.path.count == 1 } + types.filter { $0.name.path.count > 1 }
        return schema
    }

    private func clientName(_ mapping: Mapping) -> String {
        guard let node = mapping["client"] else {
            guard mapping.lacks("client") else { return "" }
            error(mapping.location, "a schema requires 'client', the name of the client, such as 'client: CatalogAPI'")
            return ""
        }
        guard let name = text(node, of: "'client'") else { return "" }
        if SwiftName.isIdentifier(name), SwiftName.escaped(name) == name, !SwiftName.reservedTypes.contains(name) {
            return name
        }
        if SwiftName.reservedTypes.contains(name) {
            error(node.location, "a client cannot be called '\(name)'; choose another name")
            return name
        }
        let hint = SwiftName.type(name).map { "; write \(quoted($0))" } ?? ""
        error(node.location, "\(quoted(name)) is not a valid name of a Swift type\(hint)")
        return name
    }

    private func buildOptions(_ mapping: Mapping, into schema: inout Schema) {
        if let entry = mapping.entry("timeout") {
            schema.timeout = duration(entry.value, of: "'timeout'")
        }
        if let node = mapping["access"] { schema.access = word(node, of: "'access'") ?? .internal }
        if let entry = mapping.entry("stub") {
            schema.generatesStub = bool(entry.value, of: "'stub'")
        }
        if let entry = mapping.entry("conformances") {
            for (text, location) in texts(entry.value, of: "'conformances'") {
                if let conformance = Schema.Conformance(rawValue: text) {
                    schema.conformances.append(conformance)
                } else {
                    let known = Schema.Conformance.allCases.map(\.rawValue)
                    error(
                        location,
                        "unknown conformance \(quoted(text))\(self.suggestion(for: text, among: known))"
                    )
                }
            }
        }
    }
}
