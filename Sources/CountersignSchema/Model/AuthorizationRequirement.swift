/// The authorization that a request requires: the first alternative with credentials is used.
package struct AuthorizationRequirement: Equatable, Sendable {
    package var alternatives: [Combination]

    /// Schemes that are used together, as indices of the schema's schemes; empty for a request without credentials.
    package struct Combination: Equatable, Sendable {
        package var schemes: [Int]
    }

    /// The requirement of a request without credentials.
    package static let none = AuthorizationRequirement(alternatives: [Combination(schemes: [])])
}
