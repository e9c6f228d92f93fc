/// A way for a request to be allowed.
package struct AuthorizationScheme: Sendable {
    /// The name in the file; nil for a scheme that stands unnamed and alone.
    package var name: String?
    /// The label of the generated initialiser; nil for an unnamed scheme.
    package var swiftName: String?
    package var kind: Kind
    package var location = SourceLocation.start

    package enum Kind: Equatable, Sendable {
        /// RFC 6749 section 4.4.
        case clientCredentials(OAuthParameters)
        /// RFC 6749 section 4.1, with PKCE.
        case authorizationCode(OAuthParameters)
        /// RFC 8628.
        case device(OAuthParameters)
        /// RFC 8693, on behalf of a subject.
        case tokenExchange(OAuthParameters)
        /// The app's own token source.
        case token
        /// A token that the app brings (RFC 6750).
        case bearer
        /// RFC 7617.
        case basic
        case apiKey(APIKeyPlace)
    }

    package enum APIKeyPlace: Equatable, Sendable {
        case header(String)
        case query(String)
    }

    /// The label under which the initialiser takes whose token is exchanged.
    package static func subjectLabel(_ swiftName: String?) -> String {
        swiftName.map { $0 + "Subject" } ?? "subject"
    }
}

/// What a token is asked for with.
package struct OAuthParameters: Equatable, Sendable {
    /// The issuer whose metadata is discovered (RFC 8414); nil when each server brings its own, or with a `tokenEndpoint`.
    package var issuer: String?
    package var tokenEndpoint: String?
    /// How the client authenticates; nil where the file does not say.
    package var clientAuthentication: ClientAuthentication?
    package var clientID: String?
    package var scopes: [String] = []
    /// Resource indicators (RFC 8707).
    package var resources: [String] = []
    /// The vendor parameter `audience`.
    package var audience: String?
    /// Extra parameters of the token request, in the order of the file.
    package var parameters: [Parameter] = []
    /// Whether each set of scopes has a token of its own.
    package var tokenPerScopes = false
    /// The algorithm of the DPoP proofs (RFC 9449); nil for bearer tokens.
    package var dpop: ProofAlgorithm?

    package struct Parameter: Equatable, Sendable {
        package var name: String
        package var value: String
    }

    /// IANA's spellings of `token_endpoint_auth_method`.
    package enum ClientAuthentication: String, Sendable, CaseIterable {
        case secretBasic = "client_secret_basic"
        case secretPost = "client_secret_post"
        case secretJWT = "client_secret_jwt"
        case privateKeyJWT = "private_key_jwt"
        /// `none`: a public client.
        case unauthenticated = "none"
    }

    /// The JWS algorithms (RFC 7518, RFC 8037) that the runtime signs proofs with.
    package enum ProofAlgorithm: String, Sendable, CaseIterable {
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }
}

/// What a request needs: the first alternative that can be supplied is used.
package struct AuthorizationRequirement: Equatable, Sendable {
    package var alternatives: [Combination]

    /// Schemes that are used at once, as indices into the schema's schemes; empty sends without any.
    package struct Combination: Equatable, Sendable {
        package var schemes: [Int]
    }

    /// Nothing is attached.
    package static let none = AuthorizationRequirement(alternatives: [Combination(schemes: [])])
}
