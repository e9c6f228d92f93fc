/// Makes the token of a call depend on the call: for programs with several tenants, for example.
///
/// ```swift
/// enum Tenant {
///     @TaskLocal static var current: String?
/// }
///
/// struct NoTenant: Error {}
///
/// struct TenantTokens: TokenRequestCustomizer {
///     func customize(_ token: inout TokenRequestParameters, for call: OperationMetadata, _ request: HTTP.Request) throws {
///         guard let tenant = Tenant.current else { throw NoTenant() }
///         token.parameters["tenant"] = tenant
///     }
/// }
///
/// var configuration = Runtime.Configuration()
/// configuration.tokenRequestCustomizer = TenantTokens()
/// ```
///
/// It is asked once for every call that needs a token, with what the client value's options say. Whatever it sets is part
/// of what tokens are cached under: calls share one only where all of it is equal. ``ClientTokens`` does not ask it,
/// since there is no call; what options say counts there.
public protocol TokenRequestCustomizer: Sendable {
    /// Changes what the token of a call is asked for.
    ///
    /// - Parameters:
    ///   - token: What is asked for besides, or instead of, what the schema says.
    ///   - call: The operation that the token is for.
    ///   - request: The request, without authorization.
    /// - Throws: Anything; the call then fails with a ``TokenError`` and nothing is sent.
    nonisolated(nonsending) func customize(
        _ token: inout TokenRequestParameters,
        for call: OperationMetadata,
        _ request: HTTP.Request
    ) async throws
}

/// What makes the token of a call another one than the schema says.
public struct TokenRequestParameters: Sendable, Equatable {
    /// The scopes to ask for instead of the schema's; nil for those.
    public var scopes: [String]?
    /// The resource indicators to ask for instead of the schema's (RFC 8707); nil for those.
    public var resources: [String]?
    /// Parameters of the token request besides the schema's; an equal name replaces one of the schema's.
    public var parameters: [String: String] = [:]
    /// A client assertion (RFC 7523) instead of one that the credentials make.
    public var assertion: Secret?

    public init(
        scopes: [String]? = nil,
        resources: [String]? = nil,
        parameters: [String: String] = [:],
        assertion: Secret? = nil
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
    /// Without the values of parameters, which may be secrets.
    public var customMirror: Mirror { Mirror(self, children: ["scopes": scopes as Any]) }
}
