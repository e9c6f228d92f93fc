/// The security requirement of one or more operations: alternatives, each a combination of schemes.
@_spi(Generated)
public struct SecurityRequirement: Sendable {
    struct Use: Sendable {
        let scheme: Int
        let scopes: [String]
    }

    /// The alternatives in order of preference.
    ///
    /// An empty combination requires no authorization.
    let alternatives: [[Use]]

    /// No authorization.
    public static let none = SecurityRequirement(alternatives: [[]])

    /// A scheme, by its index in the definition.
    public static func scheme(_ index: Int, scopes: [String] = []) -> SecurityRequirement {
        SecurityRequirement(alternatives: [[Use(scheme: index, scopes: scopes)]])
    }

    /// All requirements at once.
    public static func all(_ requirements: [SecurityRequirement]) -> SecurityRequirement {
        requirements.reduce(none) { combined, next in
            SecurityRequirement(
                alternatives: combined.alternatives.flatMap { left in next.alternatives.map { left + $0 } }
            )
        }
    }

    /// The first requirement that can be satisfied.
    public static func any(_ requirements: [SecurityRequirement]) -> SecurityRequirement {
        SecurityRequirement(alternatives: requirements.flatMap(\.alternatives))
    }
}
