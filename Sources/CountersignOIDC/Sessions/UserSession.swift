public import Countersign

/// A signed-in user.
public final class UserSession: Sendable, TokenSource {
    init() {}

    public nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        throw TokenError(.notSignedIn, "nobody is signed in")
    }
}
