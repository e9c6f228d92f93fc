public import Countersign

/// The response of a token endpoint (RFC 6749 section 5.1), for programs that keep tokens themselves.
///
/// It prints without the tokens.
public struct TokenResponse: Sendable {
    /// The access token, or the token of another type that was requested.
    public let accessToken: AccessToken
    /// The refresh token; nil if the one that was sent remains valid.
    ///
    /// The string is not protected: store it safely and keep it out of logs.
    public let refreshToken: String?
    /// The ID token, not validated; see ``OIDCClient/validate(idToken:nonce:accessToken:)``.
    public let idToken: String?
    /// The type of the issued token (RFC 8693 section 2.2.1); nil for grants that do not return it.
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
