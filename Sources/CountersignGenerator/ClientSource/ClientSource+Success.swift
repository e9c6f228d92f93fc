import CountersignSchema

extension ClientSource {
    func success(of operation: Schema.Operation) -> OperationSuccess {
        var types: [TypeReference] = []
        var hasEmpty = false
        for response in operation.responses {
            guard let type = response.value else {
                hasEmpty = true
                continue
            }
            if !types.contains(type) { types.append(type) }
        }
        switch (types.count, hasEmpty) {
        case (0, _): return .nothing
        case (1, false): return .value(types[0])
        case (1, true): return .optional(types[0])
        default: return .choice(operation.typeName.nested("Output"), .success(of: operation.responses))
        }
    }

    func type(of success: OperationSuccess) -> String {
        switch success {
        case .nothing: spelling.swift("Void")
        case .value(let type): spelling.type(type)
        // A null body is also nil.
        case .optional(let type): spelling.type(type == type.unwrapped ? .optional(type) : type)
        case .choice(let name, _): spelling.name(name)
        }
    }
}
