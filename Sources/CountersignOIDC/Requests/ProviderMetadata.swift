import Countersign
@_spi(Generated) public import CountersignJSON

/// The metadata of an authorization server (OpenID Connect Discovery section 3, RFC 8414 section 2).
///
/// The document was fetched from the issuer and names it. Endpoints at origins that are not permitted are nil.
public struct ProviderMetadata: Sendable {
    private let metadata: AuthorizationServerMetadata

    init(_ metadata: AuthorizationServerMetadata) {
        self.metadata = metadata
    }

    /// The issuer identifier.
    public var issuer: String { metadata.issuer }
    /// The URL of the authorization endpoint, which browsers are sent to.
    public var authorizationEndpoint: String? { url("authorization_endpoint") }
    /// The URL of the token endpoint.
    public var tokenEndpoint: String? { url("token_endpoint") }
    /// The URL of the pushed authorization request endpoint (RFC 9126).
    public var pushedAuthorizationRequestEndpoint: String? { url("pushed_authorization_request_endpoint") }
    /// The URL of the device authorization endpoint (RFC 8628).
    public var deviceAuthorizationEndpoint: String? { url("device_authorization_endpoint") }
    /// The URL of the introspection endpoint (RFC 7662).
    public var introspectionEndpoint: String? { url("introspection_endpoint") }
    /// The URL of the revocation endpoint (RFC 7009).
    public var revocationEndpoint: String? { url("revocation_endpoint") }
    /// The URL of the userinfo endpoint (OpenID Connect Core section 5.3).
    public var userInfoEndpoint: String? { url("userinfo_endpoint") }
    /// The URL of the end-session endpoint, which browsers sign out at (OpenID Connect RP-Initiated Logout).
    public var endSessionEndpoint: String? { url("end_session_endpoint") }
    /// The URL of the keys that tokens are signed with.
    public var jwksURI: String? { url("jwks_uri") }
    /// The supported scopes; nil if the server does not list them.
    public var scopes: [String]? { metadata.list("scopes_supported") }
    /// The supported grant types; nil if the server does not list them.
    public var grantTypes: [String]? { metadata.list("grant_types_supported") }
    /// The supported signature algorithms of ID tokens; nil if the server does not list them.
    public var idTokenAlgorithms: [String]? { metadata.list("id_token_signing_alg_values_supported") }
    /// The supported signature algorithms of DPoP proofs (RFC 9449 section 5.1); nil if the server does not list them.
    public var dpopAlgorithms: [String]? { metadata.list("dpop_signing_alg_values_supported") }
    /// Indicates whether every authorization request must be pushed.
    public var requiresPushedAuthorizationRequests: Bool { metadata.flag("require_pushed_authorization_requests") }
    /// Indicates whether the server notifies clients when a user signs out (OpenID Connect Back-Channel Logout).
    public var supportsBackChannelLogout: Bool { metadata.flag("backchannel_logout_supported") }

    /// The value of any member of the metadata, including vendor-specific ones.
    public subscript(_ name: String) -> JSONValue? {
        metadata[name].flatMap { try? JSONValue(json: $0) }
    }

    private func url(_ name: String) -> String? { (try? metadata.url(name))?.string }
}

extension ProviderMetadata: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "ProviderMetadata(\(issuer))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}

extension OIDCClient {
    /// Returns the metadata of the authorization server, fetching it if it is not cached.
    ///
    /// - Throws: ``SignInError`` if the metadata is unavailable or names another issuer.
    public func metadata() async throws(SignInError) -> ProviderMetadata {
        try await mappingTokenErrors { () async throws(TokenError) in
            ProviderMetadata(try await serverMetadata())
        }
    }
}
