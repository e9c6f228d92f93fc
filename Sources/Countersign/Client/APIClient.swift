/// A client of one API, with the server and the authorization of its calls.
///
/// Generated clients are built on it. Without a schema, it makes calls by method and path. Tokens are requested, cached
/// and renewed in the same way:
///
/// ```swift
/// let client = APIClient(
///     server: "https://api.example.com/catalog/v1",
///     authorization: .clientCredentials(
///         .secret(id: "worker", .environment("CATALOG_SECRET")),
///         OAuthConfiguration(issuer: "https://login.example.com", dpop: .es256),
///         scopes: ["catalog"]
///     )
/// )
/// let response = try await client.send(.get, "/items/it_1")
/// ```
///
/// It is a cheap value: create one wherever it is needed. Clients with equal credentials share tokens.
public struct APIClient: Sendable {
    /// The options of a client value, in an object: clients are copied often and rarely have options.
    final class BoxedOptions: Sendable {
        let options: CallOptions

        init(_ options: CallOptions) { self.options = options }
    }

    let configuration: ClientConfiguration
    let boxedOptions: BoxedOptions?

    var options: CallOptions? { boxedOptions?.options }
    var hasOptions: Bool { boxedOptions != nil }

    /// Creates a client with the definition of a schema.
    ///
    /// - Parameters:
    ///   - issuer: The issuer for the schemes that name no authorization server.
    ///   - credentials: One for each scheme of the definition, in the same order.
    @_spi(Generated)
    public init(
        _ definition: APIDefinition,
        server: String,
        issuer: String? = nil,
        credentials: [SchemeCredentials] = [],
        runtime: CountersignRuntime = .shared
    ) {
        let configuration = ClientConfiguration(
            definition,
            server: server,
            issuer: issuer,
            credentials: credentials,
            runtime: runtime
        )
        self.init(configuration, options: nil)
    }

    private init(_ configuration: ClientConfiguration, options: CallOptions?) {
        self.configuration = configuration
        boxedOptions = options.map(BoxedOptions.init)
    }

    /// Returns this client with other options for the calls made through the returned value.
    public func options(_ options: CallOption...) -> APIClient {
        self.options(options)
    }

    /// Returns this client with other options for the calls made through the returned value.
    public func options(_ options: [CallOption]) -> APIClient {
        var changed = self.options ?? CallOptions()
        for option in options { option.apply(&changed) }
        return APIClient(configuration, options: changed)
    }

    /// The access tokens of this client.
    public var tokens: ClientTokens { ClientTokens(client: self) }
}

extension APIClient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(configuration.name) at \(configuration.serverDescription)" }
    public var debugDescription: String { description }
    /// A mirror with the name and the server, without credentials.
    public var customMirror: Mirror {
        Mirror(self, children: ["name": configuration.name, "server": configuration.serverDescription])
    }
}
