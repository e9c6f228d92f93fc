public import Countersign

/// What a token endpoint issued (RFC 6749 section 5.1), for programs that keep tokens themselves.
///
/// It prints without the tokens.
public struct TokenResponse: Sendable {
    /// The access token, or what was asked for in its place.
    public let accessToken: AccessToken
    /// The refresh token; nil when the one that was sent stays good.
    ///
    /// Whoever reads it is responsible for where it goes.
    public let refreshToken: String?
    /// The ID token, not validated; see ``OIDCClient/validate(idToken:nonce:accessToken:)``.
    public let idToken: String?
    /// What the issued token is (RFC 8693 section 2.2.1); nil for grants that do not say.
    public let issuedTokenType: TokenTypeIdentifier?

    init(_ response: TokenEndpointResponse) {
        accessToken = response.accessToken
        refreshToken = response.refreshToken
        idToken = response.idToken
        issuedTokenType = response.issuedTokenType.map(TokenTypeIdentifier.init(identifier:))
    }
}

extension TokenResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "TokenResponse(\(accessToken))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["accessToken": accessToken]) }
}
