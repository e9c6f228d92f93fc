/// The definition of a client as a whole: its name, security schemes and servers.
@_spi(Generated)
public struct APIDefinition: Sendable {
    let name: String
    let schemes: [SecurityScheme]
    /// The distinct security requirements of the operations, which refer to them by index.
    let requirements: [SecurityRequirement]
    /// The base URLs of operations that have another server than the client.
    let servers: [String]
    /// The timeout of calls, unless the operation or an option sets another one.
    let timeout: Duration?
    /// The index of the first requirement with a scheme that has tokens.
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
