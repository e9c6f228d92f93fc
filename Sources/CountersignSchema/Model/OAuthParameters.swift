/// The parameters of an OAuth scheme.
package struct OAuthParameters: Equatable, Sendable {
    /// The issuer whose metadata is discovered (RFC 8414); nil if each server has its own, or with a `tokenEndpoint`.
    package var issuer: String?
    package var tokenEndpoint: String?
    /// The origins at which the issuer has endpoints besides its own origin.
    package var endpointOrigins: [String] = []
    /// The client authentication method; nil if the file does not give one.
    package var clientAuthentication: ClientAuthentication?
    package var clientID: String?
    package var scopes: [String] = []
    /// Resource indicators (RFC 8707).
    package var resources: [String] = []
    /// The vendor parameter `audience`.
    package var audience: String?
    /// The prompts of a sign-in page (OpenID Connect Core section 3.1.2.1).
    package var prompt: [String] = []
    /// Extra parameters of the token request, in file order.
    package var parameters: [Parameter] = []
    /// Indicates whether each set of scopes has its own token.
    package var tokenPerScopes = false
    /// The algorithm of the DPoP proofs (RFC 9449); nil for bearer tokens.
    package var dpop: ProofAlgorithm?

    package struct Parameter: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    /// The values of `token_endpoint_auth_method` in IANA's registry.
    package enum ClientAuthentication: String, Sendable, CaseIterable {
        case secretBasic = "client_secret_basic"
        case secretPost = "client_secret_post"
        case secretJWT = "client_secret_jwt"
        case privateKeyJWT = "private_key_jwt"
        /// `none`: a public client.
        case unauthenticated = "none"
    }

    /// The JWS algorithms (RFC 7518, RFC 8037) with which the runtime can sign proofs.
    package enum ProofAlgorithm: String, Sendable, CaseIterable {
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }
}
