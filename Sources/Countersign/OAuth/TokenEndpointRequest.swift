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
    /// The configured authentication method; nil to derive it from the credentials and the server's metadata.
    package var authentication: ClientAuthentication?
    package var credentials: ClientCredentials
    /// The parameters of the request, in the order in which they are sent.
    package var parameters: [(name: String, value: String)]
    /// A client assertion of the caller, instead of one that the credentials create.
    package var assertion: String?
    /// The name of the assertion's algorithm in its header; nil for the usual name.
    var assertionAlgorithm: String?
    /// The key of the DPoP proof (RFC 9449); nil for a request without proof.
    package var dpopKey: DPoPKey?
    /// True for a request that spends a one-time grant, such as a refresh token or an authorization code.
    ///
    /// It is not sent again if the server may have processed it (P24).
    package var isOneTimeGrant = false

    package init(
        _ endpoint: Endpoint = .token,
        at server: AuthorizationServer,
        authentication: ClientAuthentication?,
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

    /// The authentication method of the request.
    var resolvedAuthentication: ClientAuthentication { authentication ?? credentials.usualAuthentication }

    /// Returns the request as its server supports it: with the authentication method of its endpoint, and the names that
    /// the server has for the algorithms.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/configuration`` if the server supports no proofs with the key.
    func adapted(to metadata: AuthorizationServerMetadata) throws(TokenError) -> TokenEndpointRequest {
        var request = self
        request.authentication = credentials.authentication(at: endpoint, configured: authentication, metadata)
        // For example `token_endpoint_auth_signing_alg_values_supported` (RFC 8414 section 2).
        let prefix =
            switch endpoint {
            case .introspection, .revocation: endpoint.rawValue
            case .token, .pushedAuthorization, .deviceAuthorization: Endpoint.token.rawValue
            }
        if case .key(let key, _) = credentials.proof,
            let supported = metadata.list("\(prefix)_auth_signing_alg_values_supported")
        {
            request.assertionAlgorithm = key.algorithm.name(in: supported)
        }
        if let key = dpopKey {
            request.dpopKey = key.naming(algorithm: try metadata.nameForProofs(key.algorithm))
        }
        return request
    }

    /// True if each attempt has a client assertion of the runtime, which contains the time.
    var hasTimedAssertion: Bool {
        guard assertion == nil else { return false }
        switch (resolvedAuthentication, credentials.proof) {
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key): return true
        default: return false
        }
    }

    /// The advice for a server that rejected the client's assertion, perhaps because of its audience (P67); nil for a
    /// request without assertion.
    var audienceAdvice: String? {
        guard assertion == nil, case .issuer = server,
            [.privateKeyJWT, .clientSecretJWT].contains(resolvedAuthentication)
        else { return nil }
        switch credentials.assertionAudience {
        case .issuer:
            return """
                the audience (aud) of the client assertion is the issuer: if the server expects the URL of its token \
                endpoint, add .assertionAudience(.tokenEndpoint) to the credentials
                """
        case .tokenEndpoint:
            return """
                the audience (aud) of the client assertion is the URL of the endpoint: if the server expects its issuer, \
                remove .assertionAudience(.tokenEndpoint) from the credentials
                """
        }
    }

    /// The parameters that the runtime sets itself.
    package static let reservedParameters: Set<String> = [
        "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
    ]
}
