/// The parameters of a token request that differ from the schema.
public struct TokenRequestParameters: Sendable, Equatable {
    /// The scopes to request instead of those of the schema; nil for those of the schema.
    public var scopes: [String]?
    /// The resource indicators to send instead of those of the schema (RFC 8707); nil for those of the schema.
    public var resources: [String]?
    /// Further parameters of the token request.
    ///
    /// A parameter replaces one of the schema with the same name.
    public var parameters: [String: String] = [:]
    /// A client assertion (RFC 7523) to send instead of one that the credentials create.
    public var assertion: SecretValue?

    public init(
        scopes: [String]? = nil,
        resources: [String]? = nil,
        parameters: [String: String] = [:],
        assertion: SecretValue? = nil
    ) {
        self.scopes = scopes
        self.resources = resources
        self.parameters = parameters
        self.assertion = assertion
    }

    var isEmpty: Bool {
        scopes == nil && resources == nil && parameters.isEmpty && assertion == nil
    }
}

extension TokenRequestParameters: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "TokenRequestParameters" }
    public var debugDescription: String { description }
    /// The scopes only: the values of parameters may be secrets.
    public var customMirror: Mirror { Mirror(self, children: ["scopes": scopes as Any]) }
}
