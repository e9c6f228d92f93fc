/// What a schema says of a client as a whole.
@_spi(Generated)
public struct APIDefinition: Sendable {
    let name: String
    let schemes: [SecurityScheme]
    /// The distinct needs of the operations, which name theirs by its place.
    let requirements: [SecurityRequirement]
    /// The first requirement that a token answers to.
    let tokenRequirement: Int?

    public init(name: String, schemes: [SecurityScheme] = [], requirements: [SecurityRequirement] = []) {
        self.name = name
        self.schemes = schemes
        self.requirements = requirements
        tokenRequirement = requirements.firstIndex { requirement in
            requirement.alternatives.joined().contains { use in
                switch schemes[use.scheme].kind {
                case .clientCredentials, .token: true
                default: false
                }
            }
        }
    }
}
