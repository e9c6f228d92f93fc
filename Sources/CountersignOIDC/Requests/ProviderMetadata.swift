import Countersign
public import CountersignJSON

/// What an authorization server says of itself (OpenID Connect Discovery section 3, RFC 8414 section 2).
///
/// The document was asked of the issuer and names it; its endpoints stand where the runtime allows them.
public struct ProviderMetadata: Sendable {
    private let metadata: AuthorizationServerMetadata

    init(_ metadata: AuthorizationServerMetadata) {
        self.metadata = metadata
    }

    /// The issuer identifier.
    public var issuer: String { metadata.issuer }
    /// Where users' browsers are sent.
    public var authorizationEndpoint: String? { url("authorization_endpoint") }
    /// Where tokens are asked for.
    public var tokenEndpoint: String? { url("token_endpoint") }
    /// Where authorization requests are pushed (RFC 9126).
    public var pushedAuthorizationRequestEndpoint: String? { url("pushed_authorization_request_endpoint") }
    /// Where a sign-in with another device begins (RFC 8628).
    public var deviceAuthorizationEndpoint: String? { url("device_authorization_endpoint") }
    /// Where tokens are inspected (RFC 7662).
    public var introspectionEndpoint: String? { url("introspection_endpoint") }
    /// Where tokens are revoked (RFC 7009).
    public var revocationEndpoint: String? { url("revocation_endpoint") }
    /// Where claims about the user are had (OpenID Connect Core section 5.3).
    public var userInfoEndpoint: String? { url("userinfo_endpoint") }
    /// Where browsers are sent to sign out (OpenID Connect RP-Initiated Logout).
    public var endSessionEndpoint: String? { url("end_session_endpoint") }
    /// Where the keys are that tokens are signed with.
    public var jwksURI: String? { url("jwks_uri") }
    /// The scopes that there are, as far as the server says.
    public var scopes: [String]? { metadata.list("scopes_supported") }
    /// The grants that there are, as far as the server says.
    public var grantTypes: [String]? { metadata.list("grant_types_supported") }
    /// The algorithms of ID tokens.
    public var idTokenAlgorithms: [String]? { metadata.list("id_token_signing_alg_values_supported") }
    /// The algorithms of DPoP proofs (RFC 9449 section 5.1).
    public var dpopAlgorithms: [String]? { metadata.list("dpop_signing_alg_values_supported") }
    /// Whether every authorization request must be pushed.
    public var requiresPushedAuthorizationRequests: Bool { metadata.says("require_pushed_authorization_requests") }
    /// Whether the server tells clients when a user signs out (OpenID Connect Back-Channel Logout).
    public var supportsBackChannelLogout: Bool { metadata.says("backchannel_logout_supported") }

    /// Anything else that it says; of a server's own making too.
    public subscript(_ name: String) -> JSONValue? {
        metadata.document[name].flatMap { try? JSONValue(json: $0) }
    }

    /// An address, nil when there is none or it may not be used.
    private func url(_ name: String) -> String? { (try? metadata.url(name))?.string }
}

extension ProviderMetadata: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "ProviderMetadata(\(issuer))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}

extension OIDCClient {
    /// What the authorization server says of itself; fetched once and kept.
    ///
    /// - Throws: ``SignInError`` when it cannot be had, or is another issuer's.
    public func metadata() async throws(SignInError) -> ProviderMetadata {
        try await asking { () async throws(TokenError) in
            ProviderMetadata(try await runtime.metadata(of: issuer()))
        }
    }
}
