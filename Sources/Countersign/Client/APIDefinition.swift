/// What a schema says of a client as a whole.
@_spi(Generated)
public struct APIDefinition: Sendable {
    let name: String
    let schemes: [SecurityScheme]
    /// The distinct needs of the operations, which name theirs by its place.
    let requirements: [SecurityRequirement]
    /// The base URLs of operations that are not at the client's server.
    let servers: [String]
    /// The longest that a call may take in all, where neither the operation nor an option says another time.
    let timeout: Duration?
    /// The first requirement that a token answers to.
    let tokenRequirement: Int?

    public init(
        name: String,
        schemes: [SecurityScheme] = [],
        requirements: [SecurityRequirement] = [],
        servers: [String] = [],
        timeout: Duration? = nil
    ) {
        self.name = name
        self.servers = servers
        self.timeout = timeout
        self.schemes = schemes
        self.requirements = requirements
        tokenRequirement = requirements.firstIndex { requirement in
            requirement.alternatives.joined().contains { schemes[$0.scheme].hasTokens }
        }
    }
}
