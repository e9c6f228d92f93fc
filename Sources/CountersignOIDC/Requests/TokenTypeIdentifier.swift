/// A token type identifier (RFC 8693 section 3), for endpoints that accept several types of tokens.
public struct TokenTypeIdentifier: Sendable, Hashable {
    /// The identifier, for example `urn:ietf:params:oauth:token-type:access_token`.
    public let identifier: String

    /// Creates a token type from its identifier.
    public init(identifier: String) {
        self.identifier = identifier
    }

    private init(_ name: String) {
        identifier = "urn:ietf:params:oauth:token-type:" + name
    }

    /// An OAuth access token.
    public static let accessToken = TokenTypeIdentifier("access_token")
    /// An OAuth refresh token.
    public static let refreshToken = TokenTypeIdentifier("refresh_token")
    /// An ID token.
    public static let idToken = TokenTypeIdentifier("id_token")
    /// A JSON Web Token.
    public static let jwt = TokenTypeIdentifier("jwt")
    /// A SAML 1.1 assertion in base64url.
    public static let saml1 = TokenTypeIdentifier("saml1")
    /// A SAML 2.0 assertion in base64url.
    public static let saml2 = TokenTypeIdentifier("saml2")

    /// The `token_type_hint` of introspection and revocation (RFC 7009 section 2.1); nil for types without one.
    var hint: String? {
        switch self {
        case .accessToken: "access_token"
        case .refreshToken: "refresh_token"
        default: nil
        }
    }
}
