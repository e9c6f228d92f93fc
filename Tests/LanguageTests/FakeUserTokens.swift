import CountersignTesting

@_spi(Generated) import Countersign

/// The states of a user when a call is made.
enum UserState: String, CaseIterable, Sendable {
    case noSession
    /// The session fails when it is asked for the cache entry of the token.
    case signedOut
    /// The session fails when it is asked for the token.
    case signedOutMeanwhile
    case signedIn
    case ended
    case unreachable
    case missingScope

    var failure: TokenError? {
        switch self {
        case .noSession, .signedIn: nil
        case .signedOut, .signedOutMeanwhile: TokenError(.notSignedIn, "signed out")
        case .ended: TokenError(.sessionEnded, "invalid_grant")
        case .unreachable: TokenError(.unreachable, "connection refused")
        case .missingScope: TokenError(.missingScope, "notes.write")
        }
    }
}

/// The requirements of a token that a session was asked for.
struct UserTokenRequirement: Hashable, Sendable {
    var scopes: [String] = []
    var tokenPerScopes = false
    var resources: [String] = []
    var parameters: [String: String] = [:]
}

/// A fake session with numbered tokens: `user-1`, `user-2`.
final class FakeUserTokens: UserTokens {
    private struct State {
        var user: UserState
        var requirements: [UserTokenRequirement] = []
        var fetches = 0
    }

    private let state: Locked<State>
    private let runtime: CountersignRuntime

    init(_ user: UserState, runtime: CountersignRuntime) {
        state = Locked(State(user: user))
        self.runtime = runtime
    }

    var user: UserState {
        get { state.withLock { $0.user } }
        set { state.withLock { $0.user = newValue } }
    }
    var requirements: [UserTokenRequirement] { state.withLock { $0.requirements } }
    var fetches: Int { state.withLock { $0.fetches } }

    func tokenCacheEntry(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry {
        let requirement = UserTokenRequirement(
            scopes: scopes,
            tokenPerScopes: tokenPerScopes,
            resources: resources,
            parameters: parameters
        )
        state.withLock { $0.requirements.append(requirement) }
        switch user {
        case .signedOut, .missingScope: if let failure = user.failure { throw failure }
        default: break
        }
        return runtime.makeTokenCacheEntry { [self] in await fetch() }
    }

    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        try await fetch().get()
    }

    private nonisolated(nonsending) func fetch() async -> Result<AccessToken, TokenError> {
        if let failure = user.failure { return .failure(failure) }
        let number = state.withLock { state in
            state.fetches += 1
            return state.fetches
        }
        return Result { () throws(TokenError) in try AccessToken("user-\(number)", lifetime: .seconds(3600)) }
    }
}

/// A token source without cache entries, as programs implement it.
struct PlainTokenSource: TokenSource {
    let user: FakeUserTokens

    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        try await user.accessToken(for: request)
    }
}
