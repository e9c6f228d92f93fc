import CountersignSchema

/// The distinct sets of schemes and scopes that the operations of a client need, numbered.
struct RequirementTable {
    private(set) var requirements: [Layout] = []
    /// For each operation the number of what it needs; nil for an operation that needs nothing.
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

    /// For each scheme what its own list and all operations that use it need together.
    private static func unions(_ schema: Schema) -> [Set<String>] {
        var unions = schema.schemes.map { Set($0.oauth?.scopes ?? []) }
        for operation in schema.operations where !operation.scopes.isEmpty {
            for combination in operation.requirement.alternatives {
                for index in combination.schemes { unions[index].formUnion(operation.scopes) }
            }
        }
        return unions
    }

    /// The scopes that an operation needs of a scheme.
    ///
    /// A client's own token is asked for everything at once, so that one serves all operations. Of a user's token an
    /// operation needs what it names: the rest of what was asked for at sign-in may not have been granted. What is granted
    /// on somebody's behalf depends on who that is: there, and where each set has its token, it is asked for what the
    /// operation needs.
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

    /// By bytes: the order must not depend on the machine.
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

extension AuthorizationScheme {
    var oauth: OAuthParameters? {
        switch kind {
        case .clientCredentials(let parameters), .authorizationCode(let parameters), .device(let parameters),
            .tokenExchange(let parameters):
            parameters
        case .token, .bearer, .basic, .apiKey: nil
        }
    }
}
