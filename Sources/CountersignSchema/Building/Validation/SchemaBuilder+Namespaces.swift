extension SchemaBuilder {
    /// Reports generated types of the client that would have the same name.
    func checkNamespaces(of schema: Schema) {
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
        // Operations with inline types have a namespace for them, next to the declared types.
        var outer = Set(types.compactMap { $0.name.path.count > 1 ? $0.name.path[0] : nil })
        for operation in schema.operations where operation.hasOutputType { outer.insert(operation.typeName.path[0]) }
        for operation in schema.operations where outer.contains(operation.typeName.path[0]) {
            let name = operation.typeName.path[0]
            claim(name, for: operation.name, at: operation.location, in: &names)
        }
        // Types that only the generator adds can nest in a declared type of the same name, but not in an alias.
        var inner = MemberNames()
        for operation in schema.operations where operation.needsNamespace && !outer.contains(operation.typeName.path[0])
        {
            claim(operation.typeName.path[0], for: operation.name, at: operation.location, in: &inner)
            guard case .alias? = declaration(of: operation.typeName)?.kind else { continue }
            claim(operation.typeName.path[0], for: operation.name, at: operation.location, in: &names)
        }
        checkProblemName(of: schema)
    }

    /// Reports a type that is called like the generated enum of several problem types.
    private func checkProblemName(of schema: Schema) {
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
