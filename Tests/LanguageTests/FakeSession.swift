import CountersignTesting

@_spi(Generated) import Countersign

/// What there may be of a user when a call is made.
enum UserState: String, CaseIterable, Sendable {
    /// No session at all.
    case nobody
    /// The session says so when it is asked for the token's place.
    case signedOut
    /// The session says so when it is asked for the token.
    case signedOutMeanwhile
    case signedIn
    case ended
    case unreachable
    case missingScope

    var failure: TokenError? {
        switch self {
        case .nobody, .signedIn: nil
        case .signedOut, .signedOutMeanwhile: TokenError(.notSignedIn, "signed out")
        case .ended: TokenError(.sessionEnded, "invalid_grant")
        case .unreachable: TokenError(.unreachable, "no route")
        case .missingScope: TokenError(.missingScope, "notes.write")
        }
    }
}

/// What a user's session was asked for.
struct UserDemand: Hashable, Sendable {
    var scopes: [String] = []
    var tokenPerScopes = false
    var resources: [String] = []
    var parameters: [String: String] = [:]
}

/// A session whose tokens are numbered: `user-1`, `user-2`.
final class FakeSession: UserTokens {
    private struct State {
        var user: UserState
        var demands: [UserDemand] = []
        var fetches = 0
    }

    private let state: Locked<State>
    private let runtime: Runtime

    init(_ user: UserState, runtime: Runtime) {
        state = Locked(State(user: user))
        self.runtime = runtime
    }

    var user: UserState {
        get { state.withLock { $0.user } }
        set { state.withLock { $0.user = newValue } }
    }
    var demands: [UserDemand] { state.withLock { $0.demands } }
    var fetches: Int { state.withLock { $0.fetches } }

    func slot(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry {
        let demand = UserDemand(
            scopes: scopes,
            tokenPerScopes: tokenPerScopes,
            resources: resources,
            parameters: parameters
        )
        state.withLock { $0.demands.append(demand) }
        switch user {
        case .signedOut, .missingScope: if let failure = user.failure { throw failure }
        default: break
        }
        return runtime.newSlot { [self] in await fetch() }
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

/// The same without a place for its tokens: what a program may write itself.
struct PlainSource: TokenSource {
    let user: FakeSession

    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        try await user.accessToken(for: request)
    }
}
