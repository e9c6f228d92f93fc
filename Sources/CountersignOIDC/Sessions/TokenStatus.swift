public import Countersign

/// What can be told of a session's access token without handing it out.
public struct TokenStatus: Sendable, Hashable {
    /// How it is presented.
    public let type: AccessToken.TokenType
    /// How long it still lives; negative when its time is over, nil where the server did not say.
    public let remaining: Duration?
}

extension UserSession {
    /// How it stands with the session's usual access token, as far as this process knows; nil when there is none.
    ///
    /// Nothing is sent, and nothing renewed: for a page that shows a session.
    public var tokenStatus: TokenStatus? {
        guard let token = core.record[.usual] else { return nil }
        return TokenStatus(
            type: core.dpopKey == nil ? .bearer : .dpop,
            remaining: token.lifetime.map { token.askedAt + $0 - core.clock.unixTime() }
        )
    }
}
