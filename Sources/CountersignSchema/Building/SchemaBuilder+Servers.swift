extension SchemaBuilder {
    static let serverKeys = ["url", "issuer", "description"]

    /// Builds `server` or `servers`.
    func servers(_ mapping: Mapping) -> Schema.Servers {
        if let entry = mapping.entry("servers") {
            if let single = mapping.entry("server") {
                error(single.key.location, "'server' cannot be combined with 'servers'")
            }
            return .named(namedServers(entry.value))
        }
        guard let node = mapping["server"] else {
            guard mapping.lacks("server"), mapping.lacks("servers") else { return .single(url: "") }
            error(
                mapping.location,
                "a schema requires 'server', the URL of the API, such as 'server: https://api.example.com'"
            )
            return .single(url: "")
        }
        return .single(url: baseURL(node, of: "'server'") ?? "")
    }

    private func namedServers(_ node: SourceNode) -> [Schema.Server] {
        var names = MemberNames()
        let entries = entries(node, of: "'servers'") ?? []
        let servers = entries.compactMap { entry -> Schema.Server? in
            let (name, location) = (entry.key.text, entry.key.location)
            let swiftName = memberName(of: name, at: location, chosen: nil)
            claim(swiftName, for: name, at: location, in: &names, remedy: "give the server another name")
            var server = Schema.Server(name: name, swiftName: swiftName, url: "", location: location)
            let what = "server \(quoted(name))"
            if case .scalar = entry.value.content {
                server.url = baseURL(entry.value, of: what) ?? ""
                return server
            }
            guard let mapping = mapping(entry.value, of: what, keys: Self.serverKeys) else {
                return nil
            }
            if let node = mapping["url"] {
                server.url = baseURL(node, of: "'url'") ?? ""
            } else if mapping.lacks("url") {
                error(location, "\(what) requires a 'url'")
            }
            server.issuer = mapping["issuer"].flatMap { url($0, of: "'issuer'") }
            server.description = prose(mapping["description"], of: "'description'")
            return server
        }
        if entries.isEmpty { error(node.location, "'servers' requires at least one server") }
        let missing = servers.filter { $0.issuer == nil }
        if missing.count < servers.count {
            for server in missing {
                error(server.location, "server \(quoted(server.name)) requires an 'issuer', since others have one")
            }
        }
        return servers
    }
}
