extension SchemaBuilder {
    private static let methods = Schema.Operation.Method.allCases.map(\.rawValue)
    static let operationKeys =
        methods + [
            "summary", "description", "deprecated", "swift", "path", "query", "headers", "body", "multipart", "returns",
            "errors", "paginate", "scopes", "auth", "idempotencyKey", "server", "timeout",
        ]
    /// Keys that stand a level deeper.
    private static let elsewhere = [
        "form": "write 'body: { form: { … } }'", "raw": "write 'body: { raw: image/png }'",
        "fields": "write 'body: { fields: { … } }'", "json": "JSON is what a body is: write 'body: …'",
    ]
    /// Members that every client has.
    private static let takenMethodNames: Set<String> = [
        "options", "withResponse", "stub", "init", "client", "tokens", "stubAnswers",
    ]
    /// Names that no operation's inline types can stand in.
    private static let takenNamespaces = takenTypeNames.union(["Operations", "Problem"])

    func readOperations(
        _ node: SchemaNode,
        requirement: AuthorizationRequirement?,
        errors: [Response]
    ) -> [Schema.Operation] {
        var names = MemberNames()
        let operations = (entries(node, of: "'operations'") ?? []).compactMap { entry in
            operation(entry, requirement: requirement, errors: errors, names: &names)
        }
        reportMissingRequirements()
        return operations
    }

    /// Once for all operations: what is missing is mostly the default.
    private func reportMissingRequirements() {
        guard let first = withoutRequirement.first else { return }
        let others = withoutRequirement.count - 1
        let more = others == 0 ? "" : others == 1 ? " and 1 more" : " and \(others) more"
        error(
            first.location,
            "operation \(quoted(first.name))\(more) must say which scheme to use: write 'default: …' in 'auth', or "
                + "'auth: …' in each, with \(alternatives(schemes.compactMap(\.name)))"
        )
    }

    private func namespace(of swiftName: String) -> String {
        let name = SwiftName.type(swiftName) ?? swiftName
        return Self.takenNamespaces.contains(name) || name == swiftName ? name + "Call" : name
    }

    private func operation(
        _ entry: SchemaNode.Entry,
        requirement: AuthorizationRequirement?,
        errors: [Response],
        names: inout MemberNames
    ) -> Schema.Operation? {
        let (name, location) = (entry.key.text, entry.key.location)
        let what = "operation \(quoted(name))"
        guard let mapping = mapping(entry.value, of: what, keys: Self.operationKeys, elsewhere: Self.elsewhere) else {
            return nil
        }
        let swiftName = memberName(of: name, at: location, chosen: mapping["swift"])
        if Self.takenMethodNames.contains(swiftName) {
            error(location, "every client has a member '\(swiftName)'; choose another name with 'swift: …'")
        }
        claim(swiftName, for: name, at: location, in: &names)
        guard let (method, pathNode) = method(of: mapping, in: what, at: location) else { return nil }

        var operation = Schema.Operation(
            name: name,
            swiftName: swiftName,
            typeName: TypeName(namespace(of: swiftName)),
            location: location,
            method: method,
            path: PathTemplate(text: "", segments: []),
            responses: []
        )
        operation.summary = prose(mapping["summary"], of: "'summary'")
        operation.description = prose(mapping["description"], of: "'description'")
        operation.deprecated = prose(mapping["deprecated"], of: "'deprecated'")
        let template = pathTemplate(pathNode)
        readParameters(mapping, template: template, templateLocation: pathNode.location, into: &operation)
        operation.path = template ?? operation.path
        operation.body = body(mapping, of: operation)
        readResponses(mapping, clientErrors: errors, into: &operation)
        if let entry = mapping.entry("paginate") { operation.pagination = pagination(entry, of: operation) }
        readSecurity(mapping, default: requirement, into: &operation)
        if let node = mapping["idempotencyKey"] {
            operation.idempotencyKey = idempotencyKey(node, beside: operation.headerParameters)
        }
        if let entry = mapping.entry("server") {
            operation.server = baseURL(entry.value, of: "'server'")
        }
        if let entry = mapping.entry("timeout") {
            operation.timeout = duration(entry.value, of: "'timeout'")
        }
        claimLabels(of: operation)
        return operation
    }

    private func method(
        of mapping: Mapping,
        in what: String,
        at location: SourceLocation
    ) -> (Schema.Operation.Method, SchemaNode)? {
        var found: (method: Schema.Operation.Method, path: SchemaNode)?
        for entry in mapping.entries {
            guard let method = Schema.Operation.Method(rawValue: entry.key.text) else { continue }
            if let found {
                error(entry.key.location, "\(what) has a method already, '\(found.method.rawValue)'")
            } else {
                found = (method, entry.value)
            }
        }
        if found == nil, !mapping.misspelt.contains(where: Self.methods.contains) {
            error(location, "\(what) needs a method and a path, such as 'get: /items'")
        }
        return found
    }

    private func idempotencyKey(_ node: SchemaNode, beside parameters: [Parameter]) -> String? {
        guard let text = text(node, of: "'idempotencyKey'"), let name = headerName(text, at: node.location) else {
            return nil
        }
        if let taken = parameters.map(\.field).first(where: { $0.name.lowercased() == name.lowercased() }) {
            let place = taken.location
            error(
                node.location,
                "the header \(quoted(name)) is a parameter at \(place.line):\(place.column); remove that one"
            )
        }
        return name
    }

    /// Everything that becomes a parameter of the method has a label of its own.
    private func claimLabels(of operation: Schema.Operation) {
        var labels = MemberNames()
        func claim(_ fields: [Field]) {
            for field in fields { self.claim(field.swiftName, for: field.name, at: field.location, in: &labels) }
        }
        var hasOthers = false
        if case .fields(let structure, _) = operation.body, structure.others != nil {
            hasOthers = true
            self.claim("others", for: "others", at: operation.location, in: &labels)
        }
        for parameters in [operation.pathParameters, operation.queryParameters, operation.headerParameters] {
            claim(parameters.map(\.field))
        }
        switch operation.body {
        // A field of this name has been reported with the type.
        case .fields(let structure, _): claim(structure.fields.filter { !hasOthers || $0.swiftName != "others" })
        case .form(let fields), .multipart(let fields): claim(fields)
        case .json, .raw: self.claim("body", for: "body", at: operation.location, in: &labels)
        case nil: break
        }
        if operation.idempotencyKey != nil {
            self.claim("idempotencyKey", for: "idempotencyKey", at: operation.location, in: &labels)
        }
    }

    private func readSecurity(
        _ mapping: Mapping,
        default requirement: AuthorizationRequirement?,
        into operation: inout Schema.Operation
    ) {
        if let node = mapping["auth"] {
            operation.requirement = self.requirement(node)
        } else if let requirement {
            operation.requirement = requirement
        } else {
            withoutRequirement.append((operation.name, operation.location))
        }
        guard let node = mapping["scopes"] else { return }
        operation.scopes = scopes(node)
        let used = operation.requirement.alternatives.flatMap(\.schemes)
        if !used.contains(where: { schemes.indices.contains($0) && schemes[$0].kind.takesScopes }) {
            error(node.location, "'scopes' mean nothing here: no scheme of this operation asks for a token")
        }
    }
}
