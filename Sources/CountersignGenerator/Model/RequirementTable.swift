import CountersignSchema

/// The distinct combinations of schemes and scopes that the operations of a client require, numbered.
struct RequirementTable {
    private(set) var requirements: [Layout] = []
    /// For each operation the number of its requirement; nil for an operation without one.
    private(set) var numbers: [Int?] = []

    private struct Need: Hashable {
        var alternatives: [[SchemeUse]]
    }

    private struct SchemeUse: Hashable {
        var index: Int
        var scopes: [String]
    }

    init(_ schema: Schema) {
        let unions = Self.unions(schema)
        var known: [Need: Int] = [:]
        for operation in schema.operations {
            let need = Need(
                alternatives: operation.requirement.alternatives.map { combination in
                    combination.schemes.map { index in
                        SchemeUse(index: index, scopes: Self.scopes(schema.schemes[index], operation, unions[index]))
                    }
                }
            )
            if need.alternatives.allSatisfy(\.isEmpty) {
                numbers.append(nil)
            } else if let number = known[need] {
                numbers.append(number)
            } else {
                known[need] = requirements.count
                numbers.append(requirements.count)
                requirements.append(Self.layout(need))
            }
        }
    }

    /// Returns, for each scheme, its own scopes and those of all operations that use it.
    private static func unions(_ schema: Schema) -> [Set<String>] {
        var unions = schema.schemes.map { Set($0.oauth?.scopes ?? []) }
        for operation in schema.operations where !operation.scopes.isEmpty {
            for combination in operation.requirement.alternatives {
                for index in combination.schemes { unions[index].formUnion(operation.scopes) }
            }
        }
        return unions
    }

    /// Returns the scopes that an operation requires of a scheme.
    ///
    /// - A client credentials token is requested with all scopes at once, so that one token serves all operations.
    /// - A user's token must have the scopes of the operation; others that sign-in requested may not have been granted.
    /// - An exchanged token, or one of a scheme with a token for each set of scopes, is requested with the scopes of the
    ///   scheme and the operation.
    private static func scopes(
        _ scheme: AuthorizationScheme,
        _ operation: Schema.Operation,
        _ union: Set<String>
    ) -> [String] {
        guard let oauth = scheme.oauth else { return [] }
        switch scheme.kind {
        case .clientCredentials where !oauth.tokenPerScopes: return union.sorted(by: precedes)
        case .authorizationCode, .device: return Set(operation.scopes).sorted(by: precedes)
        default: return Set(oauth.scopes + operation.scopes).sorted(by: precedes)
        }
    }

    /// Compares by bytes, since the order must not depend on the machine.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static func layout(_ need: Need) -> Layout {
        let alternatives = need.alternatives.map { combination -> Layout in
            switch combination.count {
            case 0: .text(".none")
            case 1: layout(combination[0])
            default: .call(".all", [.array(combination.map(layout))])
            }
        }
        return alternatives.count == 1 ? alternatives[0] : .call(".any", [.array(alternatives)])
    }

    private static func layout(_ use: SchemeUse) -> Layout {
        var arguments: [Layout] = [.text(String(use.index))]
        if !use.scopes.isEmpty {
            arguments.append(.labelled("scopes", .array(use.scopes.map { .text(SwiftLiteral.string($0)) })))
        }
        return .call(".scheme", arguments)
    }
}
