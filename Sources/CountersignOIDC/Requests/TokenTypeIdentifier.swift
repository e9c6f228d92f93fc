/// What kind of token something is, for endpoints that take several kinds.
public struct TokenTypeIdentifier: Sendable, Hashable {
    /// The identifier of token exchange (RFC 8693 section 3).
    public let identifier: String

    /// Another kind, by its identifier.
    public init(identifier: String) {
        self.identifier = identifier
    }

    private init(_ name: String) {
        identifier = "urn:ietf:params:oauth:token-type:" + name
    }

    public static let accessToken = TokenTypeIdentifier("access_token")
    public static let refreshToken = TokenTypeIdentifier("refresh_token")
    public static let idToken = TokenTypeIdentifier("id_token")
    public static let jwt = TokenTypeIdentifier("jwt")
    public static let saml1 = TokenTypeIdentifier("saml1")
    public static let saml2 = TokenTypeIdentifier("saml2")

    /// The hint for introspection and revocation (RFC 7009 section 2.1); nil where there is none.
    var hint: String? {
        switch self {
        case .accessToken: "access_token"
        case .refreshToken: "refresh_token"
        default: nil
        }
    }
}
