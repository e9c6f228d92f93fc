extension SchemaBuilder {
    /// Determines which types are encoded and which are decoded, starting at the operations; warns about unused types.
    func markCoding(of operations: [Schema.Operation]) {
        var pending: [(TypeName, TypeDeclaration.Coding)] = []
        func reach(_ reference: TypeReference?, _ coding: TypeDeclaration.Coding) {
            if let name = reference?.leaf { pending.append((name, coding)) }
        }
        func reach(_ fields: [Field], _ coding: TypeDeclaration.Coding) {
            for field in fields { reach(field.type, field.only.map { coding.intersection($0) } ?? coding) }
        }
        for operation in operations {
            for parameters in [operation.pathParameters, operation.queryParameters, operation.headerParameters] {
                reach(parameters.map(\.field), .encoded)
            }
            switch operation.body {
            case .fields(let structure, _):
                reach(structure.fields, .encoded)
                reach(structure.others, .encoded)
            case .json(let type): reach(type, .encoded)
            case .form(let fields), .multipart(let fields): reach(fields, .encoded)
            case .raw, nil: break
            }
            for response in operation.responses + operation.errors {
                reach(response.headers, .decoded)
                switch response.content {
                case .json(let type), .events(let type): reach(type, .decoded)
                case .nothing, .stream: break
                }
            }
        }
        while let (name, coding) = pending.popLast() {
            guard let index = typeIndices[name], !types[index].coding.isSuperset(of: coding) else { continue }
            types[index].coding.formUnion(coding)
            switch types[index].kind {
            case .structure(let structure):
                reach(structure.fields, coding)
                reach(structure.others, coding)
            case .oneOf(let oneOf): for oneCase in oneOf.cases { reach(oneCase.type, coding) }
            case .wrapper(let inner), .alias(let inner): reach(inner, coding)
            case .enumeration: break
            }
        }
        warnAboutUnusedTypes()
    }

    private func warnAboutUnusedTypes() {
        // An invalid part of the file may have used them.
        guard !diagnostics.hasErrors else { return }
        // A type whose fields are copied into another is used.
        var used = resolvedAliases
        for case .structure(let structure) in types.map(\.kind) { used.formUnion(structure.includes) }
        for type in types where type.coding.isEmpty && type.name.path.count == 1 && !used.contains(type.name) {
            diagnostics.warning(type.location, "no operation uses the type '\(type.name)'")
        }
    }
}
