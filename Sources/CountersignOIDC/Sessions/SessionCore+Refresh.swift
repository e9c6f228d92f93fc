import Countersign
import CountersignCrypto

/// Refreshes: does what a ``RefreshStateMachine`` says.
extension SessionCore {
    private typealias Answer = (answer: RefreshStateMachine.Answer, error: TokenError?)

    /// A token for a slot, from the store or from the authorization server.
    func refresh(_ id: SessionSlot.ID, _ handedOut: SessionSlot.HandedOut) async -> Result<AccessToken, TokenError> {
        let demand = RefreshStateMachine.Demand(
            key: id.key,
            scopes: id.scopes,
            handedOut: handedOut.value.withLock { $0 },
            isServed: slot(id)?.isServing ?? false
        )
        let result = await turns.turn { await refreshInTurn(demand) }
        saveLaterIfNeeded()
        do {
            let token = try result.get()
            handedOut.value.withLock { $0 = token.value }
            return .success(try token.accessToken(boundTo: dpopKey, clock: clock))
        } catch {
            return .failure(error)
        }
    }

    private nonisolated(nonsending) func refreshInTurn(
        _ demand: RefreshStateMachine.Demand
    ) async -> Result<SessionToken, TokenError> {
        let attempt: String
        do throws(CryptoError) {
            attempt = Base64URL.encode(try SecureRandom.bytes(12))
        } catch {
            return .failure(TokenError(.configuration, "the system gave no random bytes: \(error)"))
        }
        let (lease, outcome) = await lease()
        let (mayRetry, memory) = state.withLock { state in
            defer { state.mayRetry = false }
            return (state.mayRetry, state.memory)
        }
        let turn = RefreshStateMachine(memory, demand, rules, attempt: attempt, mayRetry: mayRetry, lease: outcome)
        let result = await run(turn, demand, lease)
        await lease?.release()
        return result
    }

    private var rules: RefreshStateMachine.Rules {
        var rules = RefreshStateMachine.Rules(keyThumbprint: dpopKey?.thumbprint, renewal: client.runtime.renewal)
        if case .within(let limit) = client.configuration.refreshRetry {
            rules.replayLimit = max(.zero, min(limit, .seconds(30)))
        }
        return rules
    }

    private nonisolated(nonsending) func lease() async -> ((any StoreLease)?, RefreshStateMachine.Lease) {
        do throws(TokenStoreError) {
            return (try await entry.lease(), .held)
        } catch {
            if error.kind == .leaseUnavailable { return (nil, .taken) }
            storeFailed("lease", error)
            return (nil, .unavailable)
        }
    }

    private nonisolated(nonsending) func run(
        _ turn: consuming RefreshStateMachine,
        _ demand: RefreshStateMachine.Demand,
        _ lease: (any StoreLease)?
    ) async -> Result<SessionToken, TokenError> {
        var turn = turn
        var answerError: TokenError?
        var step = isSignedOut ? turn.signedOut() : turn.start()
        while true {
            switch step {
            case .load:
                let found = await load()
                step = turn.loaded(found, at: clock.unixTime())
            case .save(let record, let version):
                // P38: what is signed out is not stored again.
                step = isSignedOut ? turn.signedOut() : turn.saved(await save(record, replacing: version))
            case .checkLease:
                step = turn.leaseChecked(isHeld: await lease?.isHeld() ?? false)
            case .send(let refreshToken):
                guard !isSignedOut else {
                    step = turn.signedOut()
                    continue
                }
                let answer = await send(refreshToken, for: demand.key)
                answerError = answer.error
                if let lease, await !lease.isHeld() {
                    // P35: the process paused between the check and the end of the request.
                    client.runtime.record(.storeFailed, "lease")
                    events.tell(.leaseLost)
                }
                if answer.answer == .lost { events.tell(.outcomeUnknown) }
                step = turn.answered(answer.answer, at: clock.unixTime())
            case .finish(let outcome):
                return await finish(turn, with: outcome, answerError)
            }
        }
    }

    private nonisolated(nonsending) func finish(
        _ turn: RefreshStateMachine,
        with outcome: RefreshStateMachine.Outcome,
        _ answerError: TokenError?
    ) async -> Result<SessionToken, TokenError> {
        var discarded = turn.discarded
        var outcome = outcome
        switch outcome {
        case .failed(.gone), .failed(.replaced):
            if signOutHere() != nil { client.runtime.record(.signedOut, "elsewhere") }
        default:
            guard !remember(turn.memory) else { break }
            // Signed out here since the answer was saved: out it stays, in the store too.
            outcome = .failed(.gone)
            discarded = turn.issued
            await removeEntry(of: [turn.memory.record.signIn])
        }
        if let discarded { revokeInBackground(discarded) }
        switch outcome {
        case .token(let token):
            if turn.issued != nil { events.tell(.refreshed) }
            return .success(token)
        case .failed(let failure):
            return .failure(error(failure, answerError))
        }
    }

    private func error(_ failure: RefreshStateMachine.Failure, _ answer: TokenError?) -> TokenError {
        switch failure {
        case .gone:
            TokenError(.notSignedIn, "the user has signed out, or the session's time was over")
        case .replaced:
            TokenError(.notSignedIn, "another user has signed in under this session's id")
        case .wrongKey:
            Self.wrongKey
        case .ended(let code):
            TokenError(.sessionEnded, "the user must sign in again", oauthError: code)
        case .missingScope(let scopes):
            Self.missing(scopes)
        case .noRefreshToken:
            TokenError(
                .sessionEnded,
                "the access token's time is over and there is no refresh token: the user must sign in again"
            )
        case .outcomeUnknown:
            TokenError(
                .outcomeUnknown,
                """
                what became of a refresh token is unknown: it was sent, no answer came, and it is not sent again unless \
                the program calls retryRefresh(), which it may for a user who is there and must sign in otherwise
                """
            )
        case .storage:
            TokenError(
                .storage,
                "the store of the session failed, and nothing was sent: "
                    + (state.withLock { $0.storeError }.map { "\($0)" } ?? "nobody knows why")
            )
        case .busy:
            TokenError(.storage, "other processes keep the session busy")
        case .leaseLost:
            TokenError(.storage, "this process paused and lost the session's lease; nothing was sent")
        case .answered:
            answer ?? TokenError(.serverError, "the authorization server refused a refresh")
        }
    }

    static let wrongKey = TokenError(
        .configuration,
        "the session's tokens are bound to another DPoP key than this process has: keep the key in a DPoPKeyStore, "
            + "and give it to the client's credentials with dpopKey(_:), or sign in again"
    )

    static func missing(_ scopes: [String]) -> TokenError {
        TokenError(.missingScope, "the user has not granted '\(scopes.joined(separator: " "))'")
    }

    // MARK: The store

    nonisolated(nonsending) func load() async -> RefreshStateMachine.Found {
        do throws(TokenStoreError) {
            guard let (record, version) = try await entry.load() else { return .nothing }
            return .entry(record, version)
        } catch {
            storeFailed("load", error)
            return .failed
        }
    }

    nonisolated(nonsending) func save(
        _ record: SessionRecord,
        replacing version: StoreVersion?
    ) async -> RefreshStateMachine.Saved {
        do throws(TokenStoreError) {
            return .saved(try await entry.save(record, replacing: version))
        } catch {
            if error.kind == .conflict { return .conflict }
            storeFailed("save", error)
            return .failed
        }
    }

    // MARK: The authorization server

    private nonisolated(nonsending) func send(_ refreshToken: String, for key: SessionTokenKey) async -> Answer {
        do throws(TokenError) {
            var parameters = key.parameters(with: refreshToken)
            if key.parameters.isEmpty { parameters += try client.furtherTokenParameters() }
            let request = try client.request(.token, parameters, mayBeRepeated: false)
            let askedAt = clock.unixTime()
            let response = try await client.runtime.token(for: request)
            let token = SessionToken(
                key: key,
                value: response.accessToken.value,
                askedAt: askedAt,
                lifetime: response.accessToken.lifetime,
                scopes: response.accessToken.scopes
            )
            let identity = try await identity(in: response)
            return (.tokens(.init(token: token, refreshToken: response.refreshToken, identity: identity)), nil)
        } catch {
            return (Self.meaning(of: error), error)
        }
    }

    /// What a failed request means for the refresh token.
    private static func meaning(of error: TokenError) -> RefreshStateMachine.Answer {
        switch error.kind {
        // An answer of success that cannot be read: the token was most likely spent.
        case .outcomeUnknown, .malformedResponse: .lost
        case .rejected where error.oauthError == "invalid_grant": .invalidGrant
        default: .refused
        }
    }

    /// Who the refreshed tokens are for (OpenID Connect Core section 12.2).
    ///
    /// - Throws: `TokenError` when that is somebody else (P39), or the ID token is none.
    private nonisolated(nonsending) func identity(
        in response: TokenEndpointResponse
    ) async throws(TokenError) -> RefreshedTokens.Identity? {
        let record = record
        guard let text = response.idToken, let original = record.idToken.flatMap(IDToken.init(kept:)) else {
            return nil
        }
        do throws(SignInError) {
            let new = try await client.refreshed(text, after: original, clockOffset: response.clockOffset)
            // What userinfo has told stays, where the ID token says nothing of it.
            let claims = new.claims.aboutTheUser.merging(record.claims)
            return .init(idToken: text, claims: options.kept(claims, after: record.claims))
        } catch {
            // An ID token that is not believed changes nothing, be it forged or the keys out of reach: what came with
            // it is the session's, or the new refresh token would be lost. Unless it says that it is somebody else's.
            guard let claimed = IDToken(kept: text) else { return nil }
            let isSame =
                claimed.issuer.utf8.elementsEqual(original.issuer.utf8)
                && claimed.subject.utf8.elementsEqual(original.subject.utf8)
            if isSame, error.idTokenError?.kind != .wrongAudience { return nil }
            throw TokenError(
                .rejected,
                "a refresh brought the tokens of somebody else, and they are not used: \(error)"
            )
        }
    }
}
