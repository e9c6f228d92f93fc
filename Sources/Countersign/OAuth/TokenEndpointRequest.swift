/// A request of a client to an endpoint of its authorization server: everything that is the same each time that it is
/// made.
package struct TokenEndpointRequest: Sendable, Redacted {
    /// The endpoints that clients post forms to.
    package enum Endpoint: String, Sendable {
        /// RFC 6749 section 3.2.
        case token = "token_endpoint"
        /// RFC 9126.
        case pushedAuthorization = "pushed_authorization_request_endpoint"
        /// RFC 8628.
        case deviceAuthorization = "device_authorization_endpoint"
        /// RFC 7662.
        case introspection = "introspection_endpoint"
        /// RFC 7009.
        case revocation = "revocation_endpoint"
    }

    package var endpoint = Endpoint.token
    package var server: AuthorizationServer
    package var authentication: ClientAuthentication
    package var credentials: ClientCredentials
    /// The parameters of the request itself, in the order in which they are sent.
    package var parameters: [(name: String, value: String)]
    /// A client assertion of the caller's, instead of one that the credentials make.
    package var assertion: String?
    /// The key to prove possession of (RFC 9449).
    package var dpopKey: DPoPKey?
    /// Whether the request may be sent again when nobody knows what became of it.
    ///
    /// What spends something that can be spent once (a refresh token, an authorization code) may not (P24).
    package var mayBeRepeated = true

    package init(
        _ endpoint: Endpoint = .token,
        at server: AuthorizationServer,
        authentication: ClientAuthentication,
        credentials: ClientCredentials,
        parameters: [(name: String, value: String)],
        dpopKey: DPoPKey? = nil,
        mayBeRepeated: Bool = true
    ) {
        self.endpoint = endpoint
        self.server = server
        self.authentication = authentication
        self.credentials = credentials
        self.parameters = parameters
        self.dpopKey = dpopKey
        self.mayBeRepeated = mayBeRepeated
    }

    /// Whether a client assertion is made for it by our clock.
    var hasTimedAssertion: Bool {
        guard assertion == nil else { return false }
        switch (authentication, credentials.proof) {
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key): return true
        default: return false
        }
    }

    /// What a request says by other means than as a further parameter.
    package static let reservedParameters: Set<String> = [
        "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
    ]
}
