/// A token endpoint request: a request of a client to an endpoint of its authorization server.
///
/// It contains everything that is the same in each attempt. Each attempt has its own client assertion and proof.
package struct TokenEndpointRequest: Sendable, Redacted {
    /// The endpoints to which clients post forms.
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
    /// The parameters of the request, in the order in which they are sent.
    package var parameters: [(name: String, value: String)]
    /// A client assertion of the caller, instead of one that the credentials create.
    package var assertion: String?
    /// The key of the DPoP proof (RFC 9449); nil for a request without proof.
    package var dpopKey: DPoPKey?
    /// True for a request that spends a one-time grant, such as a refresh token or an authorization code.
    ///
    /// It is not sent again if the server may have processed it (P24).
    package var isOneTimeGrant = false

    package init(
        _ endpoint: Endpoint = .token,
        at server: AuthorizationServer,
        authentication: ClientAuthentication,
        credentials: ClientCredentials,
        parameters: [(name: String, value: String)],
        dpopKey: DPoPKey? = nil,
        isOneTimeGrant: Bool = false
    ) {
        self.endpoint = endpoint
        self.server = server
        self.authentication = authentication
        self.credentials = credentials
        self.parameters = parameters
        self.dpopKey = dpopKey
        self.isOneTimeGrant = isOneTimeGrant
    }

    /// True if each attempt has a client assertion of the runtime, which contains the time.
    var hasTimedAssertion: Bool {
        guard assertion == nil else { return false }
        switch (authentication, credentials.proof) {
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key): return true
        default: return false
        }
    }

    /// The parameters that the runtime sets itself.
    package static let reservedParameters: Set<String> = [
        "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
    ]
}
