/// What a schema says of a client as a whole.
@_spi(Generated)
public struct APIDefinition: Sendable {
    let name: String
    let schemes: [SecurityScheme]
    /// The distinct needs of the operations, which name theirs by its place.
    let requirements: [SecurityRequirement]

    public init(name: String, schemes: [SecurityScheme] = [], requirements: [SecurityRequirement] = []) {
        self.name = name
        self.schemes = schemes
        self.requirements = requirements
    }
}
