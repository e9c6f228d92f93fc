extension SchemaBuilder {
    private static let methods = Schema.Operation.Method.allCases.map(\.rawValue)
    static let operationKeys =
        methods + [
            "summary", "description", "deprecated", "swift", "path", "query", "headers", "body", "multipart", "returns",
            "errors", "paginate", "scopes", "auth", "idempotencyKey", "server", "timeout",
        ]
    /// Hints for keys that belong one level deeper.
    private static let elsewhere = [
        "form": "write 'body: { form: { … } }'", "raw": "write 'body: { raw: image/png }'",
        "fields": "write 'body: { fields: { … } }'", "json": "a body is JSON by default: write 'body: …'",
    ]
    /// The members that every client has.
    private static let reservedMethodNames: Set<String> = [
        "options", "withResponse", "stub", "init", "client", "tokens", "stubHandlers",
    ]
    /// The names that no namespace of inline types can have.
    private static let reservedNamespaces = reservedTypeNames.union(["Operations", "Problem"])

    func buildOperations(
        _ node: SourceNode,
        requirement: AuthorizationRequirement?,
        errors: [Response]
    ) -> [Schema.Operation] {
        var names = MemberNames()
        let entries = entries(node, of: "'operations'")
        let operations = (entries ?? []).compactMap { entry in
            operation(entry, requirement: requirement, errors: errors, names: &names)
        }
        reportMissingRequirements()
        // A file with errors is not finished.
        if entries?.isEmpty == true, !diagnostics.hasErrors {
            diagnostics.warning(node.location, "'operations' is empty, so the client has no methods")
        }
        return operations
    }

    /// Reports operations without a scheme in a single error, since usually the default is missing.
    private func reportMissingRequirements() {
        guard let first = operationsWithoutRequirement.first else { return }
        let others = operationsWithoutRequirement.count - 1
        let more = others == 0 ? "" : " and \(others) more"
        error(
            first.location,
            "operation \(quoted(first.name))\(more) must say which scheme to use: write 'default: …' in 'auth', or "
                + "'auth: …' in each, with \(alternatives(schemes.compactMap(\.name)))"
        )
    }

    private func namespace(of swiftName: String) -> String {
        let name = SwiftName.type(swiftName) ?? swiftName
        return Self.reservedNamespaces.contains(name) || name == swiftName ? name + "Call" : name
    }

    private func operation(
        _ entry: SourceNode.Entry,
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
        if Self.reservedMethodNames.contains(swiftName) {
            error(location, "every client has a member '\(swiftName)'; choose another name with 'swift: …'")
        }
        claim(swiftName, for: name, at: location, in: &names)
        let found = method(of: mapping, in: what, at: location)

        var operation = Schema.Operation(
            name: name,
            swiftName: swiftName,
            typeName: TypeName(namespace(of: swiftName)),
            location: location,
            // Without a method, the rest is validated as for one that permits everything.
            method: found?.method ?? .post,
            path: PathTemplate(text: "", segments: []),
            responses: []
        )
        operation.summary = prose(mapping["summary"], of: "'summary'")
        operation.description = prose(mapping["description"], of: "'description'")
        operation.deprecated = prose(mapping["deprecated"], of: "'deprecated'")
        let template = found.flatMap { pathTemplate($0.path) }
        buildParameters(
            mapping,
            template: template,
            templateLocation: found?.path.location ?? location,
            into: &operation
        )
        operation.path = template ?? operation.path
        operation.body = body(mapping, of: operation)
        buildResponses(mapping, clientErrors: errors, into: &operation)
        if let entry = mapping.entry("paginate") { operation.pagination = pagination(entry, of: operation) }
        buildRequirement(mapping, default: requirement, into: &operation)
        if let node = mapping["idempotencyKey"] {
            operation.idempotencyKey = idempotencyKey(node, headers: operation.headerParameters)
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
    ) -> (method: Schema.Operation.Method, path: SourceNode)? {
        var found: (method: Schema.Operation.Method, path: SourceNode)?
        for entry in mapping.entries {
            guard let method = Schema.Operation.Method(rawValue: entry.key.text) else { continue }
            if let found {
                error(entry.key.location, "\(what) already has a method, '\(found.method.rawValue)'")
            } else {
                found = (method, entry.value)
            }
        }
        if found == nil, !mapping.misspelt.contains(where: Self.methods.contains) {
            error(location, "\(what) requires a method and a path, such as 'get: /items'")
        }
        return found
    }

    private func idempotencyKey(_ node: SourceNode, headers: [Parameter]) -> String? {
        guard let text = text(node, of: "'idempotencyKey'") else { return nil }
        guard !["true", "false", "yes", "no", "on", "off"].contains(text.lowercased()) else {
            error(
                node.location,
                "'idempotencyKey' is the name of the header that carries the key, not \(quoted(text)); write the "
                    + "header's name, for example 'Idempotency-Key'"
            )
            return nil
        }
        guard let name = headerName(text, at: node.location) else { return nil }
        if let parameter = headers.map(\.field).first(where: { $0.name.lowercased() == name.lowercased() }) {
            error(
                node.location,
                "the header \(quoted(name)) is already a parameter at \(parameter.location); remove the parameter"
            )
        }
        return name
    }

    /// Reports parameters of the method with the same label.
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
        // A field called `others` has been reported with the structure.
        case .fields(let structure, _): claim(structure.fields.filter { !hasOthers || $0.swiftName != "others" })
        case .form(let fields), .multipart(let fields): claim(fields)
        case .json, .raw: self.claim("body", for: "body", at: operation.location, in: &labels)
        case nil: break
        }
        if operation.idempotencyKey != nil {
            self.claim("idempotencyKey", for: "idempotencyKey", at: operation.location, in: &labels)
        }
    }

    private func buildRequirement(
        _ mapping: Mapping,
        default requirement: AuthorizationRequirement?,
        into operation: inout Schema.Operation
    ) {
        if let node = mapping["auth"] {
            operation.requirement = self.requirement(node)
        } else if let requirement {
            operation.requirement = requirement
        } else {
            operationsWithoutRequirement.append((operation.name, operation.location))
        }
        guard let node = mapping["scopes"] else { return }
        operation.scopes = scopes(node)
        let used = operation.requirement.alternatives.flatMap(\.schemes)
        if !used.contains(where: { schemes.indices.contains($0) && schemes[$0].kind.takesScopes }) {
            error(node.location, "'scopes' has no effect: no scheme of this operation requests a token")
        }
    }
}
