extension SchemaBuilder {
    /// `$schema` is for editors.
    static let keys = [
        "client", "description", "server", "servers", "timeout", "access", "stub", "conformances", "auth", "errors",
        "types", "operations", "$schema",
    ]
    static let overlayKeys = ["openapi", "include", "rename", "paginate", "allow"]
    static let serverKeys = ["url", "issuer", "description"]

    /// Builds the schema; it is worth something only when no error was reported.
    func schema(_ root: SchemaNode) -> Schema? {
        if let openAPI = (entries(root, of: "a schema") ?? []).first(where: { $0.key.text == "openapi" }) {
            uses(.openAPI, at: openAPI.key.location)
            return nil
        }
        guard case .mapping = root.content, let mapping = mapping(root, of: "the schema", keys: Self.keys) else {
            return nil
        }
        var schema = Schema(name: clientName(mapping), servers: servers(mapping))
        schema.location = mapping.entry("client")?.key.location ?? .start
        schema.description = prose(mapping["description"], of: "'description'")
        readOptions(mapping, into: &schema)
        if let node = mapping["$schema"] { _ = text(node, of: "'$schema'") }
        var hasServerIssuers = false
        if case .named(let servers) = schema.servers { hasServerIssuers = servers.contains { $0.issuer != nil } }
        let requirement = readAuthorization(mapping["auth"], hasServerIssuers: hasServerIssuers)
        schema.defaultRequirement = requirement ?? .none
        schema.schemes = schemes

        readTypes(mapping["types"])
        breakAliasCycles()
        settleTypes(from: 0)
        let start = types.count
        schema.errors = mapping["errors"].map { errors($0, place: { TypeName("Error\($0)") }) } ?? []
        settleTypes(from: start)
        if let operations = mapping["operations"] {
            schema.operations = readOperations(operations, requirement: requirement, errors: schema.errors)
        } else if mapping.lacks("operations") {
            error(
                mapping.location,
                "a schema needs 'operations', such as 'operations: { health: { get: /health, … } }'"
            )
        }
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
            error(mapping.location, "a schema needs 'client', the name of the client, such as 'client: CatalogAPI'")
            return ""
        }
        guard let name = text(node, of: "'client'") else { return "" }
        if SwiftName.isIdentifier(name), SwiftName.escaped(name) == name, !SwiftName.takenTypes.contains(name) {
            return name
        }
        if SwiftName.takenTypes.contains(name) {
            error(node.location, "a client cannot be called '\(name)'; choose another name")
            return name
        }
        let hint = SwiftName.type(name).map { "; write \(quoted($0))" } ?? ""
        error(node.location, "\(quoted(name)) is no name of a Swift type\(hint)")
        return name
    }

    private func readOptions(_ mapping: Mapping, into schema: inout Schema) {
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

    // MARK: Servers

    private func servers(_ mapping: Mapping) -> Schema.Servers {
        if let entry = mapping.entry("servers") {
            if let single = mapping.entry("server") {
                error(single.key.location, "'server' and 'servers' cannot stand together")
            }
            return .named(namedServers(entry.value))
        }
        guard let node = mapping["server"] else {
            guard mapping.lacks("server"), mapping.lacks("servers") else { return .single(url: "") }
            error(
                mapping.location,
                "a schema needs 'server', the URL of the API, such as 'server: https://api.example.com'"
            )
            return .single(url: "")
        }
        return .single(url: baseURL(node, of: "'server'") ?? "")
    }

    private func namedServers(_ node: SchemaNode) -> [Schema.Server] {
        var names = MemberNames()
        let entries = entries(node, of: "'servers'") ?? []
        let servers = entries.compactMap { entry -> Schema.Server? in
            let (name, location) = (entry.key.text, entry.key.location)
            let swiftName = memberName(of: name, at: location, chosen: nil)
            claim(swiftName, for: name, at: location, in: &names, remedy: "give the server another name")
            var server = Schema.Server(name: name, swiftName: swiftName, url: "", location: location)
            if case .scalar = entry.value.content {
                server.url = baseURL(entry.value, of: "the server \(quoted(name))") ?? ""
                return server
            }
            let what = "server \(quoted(name))"
            guard let mapping = mapping(entry.value, of: what, keys: Self.serverKeys) else {
                return nil
            }
            if let node = mapping["url"] {
                server.url = baseURL(node, of: "'url'") ?? ""
            } else if mapping.lacks("url") {
                error(location, "\(what) needs a 'url'")
            }
            server.issuer = mapping["issuer"].flatMap { url($0, of: "'issuer'") }
            server.description = prose(mapping["description"], of: "'description'")
            return server
        }
        if entries.isEmpty { error(node.location, "'servers' needs at least one server") }
        let missing = servers.filter { $0.issuer == nil }
        if missing.count < servers.count {
            for server in missing {
                error(server.location, "server \(quoted(server.name)) needs an 'issuer', as the others have one")
            }
        }
        return servers
    }

    // MARK: Names of types

    /// Operations with inline types are the names of what these nest in, beside the declared types.
    private func checkNamespaces(of schema: Schema) {
        var names = MemberNames()
        if case .named(let servers) = schema.servers, let first = servers.first {
            claim("Server", for: "servers", at: first.location, in: &names)
        }
        for type in types where type.name.path.count == 1 {
            claim(type.name.path[0], for: type.name.path[0], at: type.location, in: &names)
        }
        for response in schema.errors where !response.headers.isEmpty {
            claim(response.name.path[0], for: "\(response.status)", at: response.location, in: &names)
        }
        var outer = Set(types.compactMap { $0.name.path.count > 1 ? $0.name.path[0] : nil })
        for operation in schema.operations where operation.hasOutputType { outer.insert(operation.typeName.path[0]) }
        for operation in schema.operations where outer.contains(operation.typeName.path[0]) {
            let name = operation.typeName.path[0]
            claim(name, for: operation.name, at: operation.location, in: &names)
        }
        // What is made of an operation alone can nest in a type of its name, but not in another name for one.
        var inner = MemberNames()
        for operation in schema.operations where operation.needsNamespace && !outer.contains(operation.typeName.path[0])
        {
            claim(operation.typeName.path[0], for: operation.name, at: operation.location, in: &inner)
            guard case .alias? = declaration(of: operation.typeName)?.kind else { continue }
            claim(operation.typeName.path[0], for: operation.name, at: operation.location, in: &names)
        }
        var problems: Set<TypeReference> = []
        for response in schema.errors + schema.operations.flatMap(\.errors) {
            if let type = response.headers.isEmpty ? response.body : .named(response.name) { problems.insert(type) }
        }
        if problems.count > 1, let problem = types.first(where: { $0.name == TypeName("Problem") }) {
            error(
                problem.location,
                "the client has several problem types, which become one enum 'Problem'; choose another name for this "
                    + "type with 'swift: …'"
            )
        }
    }
}

extension Schema.Operation {
    /// Whether answers become types of their own: they hold header fields, or are told apart by their status.
    fileprivate var hasOutputType: Bool {
        (responses + errors).contains { !$0.headers.isEmpty && $0.name.path[0] == typeName.path[0] }
            || Set(responses.map(\.content)).subtracting([.nothing]).count > 1
    }
}

extension Schema.Operation {
    /// Whether types are generated for it that no place in the file declares.
    fileprivate var needsNamespace: Bool {
        if case .fields? = body { return true }
        return responses.count > 1 || responses.contains { !$0.headers.isEmpty }
    }
}
