extension SchemaBuilder {
    /// Reports aliases and wrapper types that refer to themselves, and makes them unknown.
    func breakAliasCycles() {
        var isChecked = [Bool](repeating: false, count: types.count)
        for start in types.indices where !isChecked[start] {
            var path: Set<Int> = []
            var index = start
            while !isChecked[index] {
                isChecked[index] = true
                path.insert(index)
                guard let next = nextAlias(after: index) else { break }
                if path.contains(next) {
                    error(types[next].location, "'\(types[next].name)' is an alias of itself")
                    types[next].kind = .alias(.unknown)
                    break
                }
                index = next
            }
        }
    }

    /// Returns the index of the type that an alias or a wrapper type refers to; a reference has at most one name.
    private func nextAlias(after index: Int) -> Int? {
        switch types[index].kind {
        case .alias(let target): target.leaf.flatMap { typeIndices[$0] }
        case .wrapper(let wrapped): wrapped.inlineLeaf.flatMap { typeIndices[$0] }
        default: nil
        }
    }

    /// Marks the fields and cases that must be stored indirectly, and reports types without finite values.
    func markRecursiveTypes() {
        for (index, _) in backEdges(requiredOnly: true) {
            error(
                types[index].location,
                "every '\(types[index].name)' would contain another '\(types[index].name)'; "
                    + "make a field optional, or a list"
            )
        }
        for (index, position) in backEdges(requiredOnly: false) {
            switch types[index].kind {
            case .structure(var structure):
                structure.fields[position].isIndirect = true
                types[index].kind = .structure(structure)
            case .oneOf(var oneOf):
                oneOf.cases[position].isIndirect = true
                types[index].kind = .oneOf(oneOf)
            default: break
            }
        }
    }

    /// Returns the fields and cases that close a cycle of inline values.
    ///
    /// This is a depth-first search with an explicit stack, since a long chain of types would overflow the call stack.
    private func backEdges(requiredOnly: Bool) -> [(type: Int, position: Int)] {
        let edges = types.indices.map { self.edges(from: $0, requiredOnly: requiredOnly) }
        var result: [(type: Int, position: Int)] = []
        var isEntered = [Bool](repeating: false, count: types.count)
        var isOnPath = isEntered
        for start in types.indices where !isEntered[start] {
            var path = [(type: start, next: 0)]
            isEntered[start] = true
            isOnPath[start] = true
            while let (type, next) = path.last {
                guard next < edges[type].count else {
                    isOnPath[type] = false
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let edge = edges[type][next]
                if isOnPath[edge.target] {
                    result.append((type, edge.position))
                } else if !isEntered[edge.target] {
                    isEntered[edge.target] = true
                    isOnPath[edge.target] = true
                    path.append((edge.target, 0))
                }
            }
        }
        return result
    }

    private func edges(from index: Int, requiredOnly: Bool) -> [(position: Int, target: Int)] {
        switch types[index].kind {
        case .structure(let structure):
            structure.fields.enumerated().compactMap { position, field in
                target(of: field.type, requiredOnly: requiredOnly).map { (position, $0) }
            }
        case .oneOf(let oneOf):
            requiredOnly
                ? []
                : oneOf.cases.enumerated().compactMap { position, oneCase in
                    target(of: oneCase.type, requiredOnly: false).map { (position, $0) }
                }
        default: []
        }
    }

    /// Returns the index of the structure or `oneOf` that a value stores inline.
    private func target(of reference: TypeReference, requiredOnly: Bool) -> Int? {
        var reference = reference
        while true {
            switch resolved(reference) {
            case .optional(let inner), .nullable(let inner):
                guard !requiredOnly else { return nil }
                reference = inner
            case .scalar, .list, .map: return nil
            case .named(let name):
                guard let index = typeIndices[name] else { return nil }
                guard case .wrapper(let wrapped) = types[index].kind else { return index }
                reference = wrapped
            }
        }
    }
}
