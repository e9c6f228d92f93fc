import Countersign
import CountersignCrypto

// Refreshing: performs the actions of a `RefreshStateMachine`.
extension SessionCore {
    /// Returns a token for a cache entry, from the store or from the authorization server.
    func refresh(
        _ id: SessionTokenCacheEntry.ID,
        replacing currentToken: SessionTokenCacheEntry.CurrentToken
    ) async -> Result<AccessToken, TokenError> {
        if work.isShuttingDown { return .failure(.shutDown) }
        let requirement = RefreshStateMachine.TokenRequirement(
            key: id.key,
            scopes: id.scopes,
            replacedToken: currentToken.get(),
            callersHaveValidToken: cacheEntry(for: id)?.hasUsableToken ?? false
        )
        let result = await mutex.withLock { await refreshHoldingMutex(requirement) }
        do {
            let token = try result.get()
            currentToken.set(token.value)
            return .success(try token.accessToken(boundTo: dpopKey, clock: clock))
        } catch {
            return .failure(error)
        }
    }

    private nonisolated(nonsending) func refreshHoldingMutex(
        _ requirement: RefreshStateMachine.TokenRequirement
    ) async -> Result<SessionToken, TokenError> {
        let attemptID: String
        do throws(CryptoError) {
            attemptID = Base64URL.encode(try SecureRandom.bytes(12))
        } catch {
            return .failure(TokenError(randomness: error))
        }
        let (lease, status) = await acquireLease()
        // A shutdown waits for the refresh from now on. Without its lease, a refresh does not begin.
        guard let refresh = work.beginUnlessShuttingDown(.renewal, session: logID) else {
            await lease?.release()
            return .failure(.shutDown)
        }
        defer { refresh.end() }
        let (isRetryRequested, session) = state.withLock { state in
            defer { state.isRetryRequested = false }
            return (state.isRetryRequested, state.session)
        }
        let machine = RefreshStateMachine(
            session: session,
            requirement: requirement,
            policy: refreshPolicy,
            attemptID: attemptID,
            isRetryRequested: isRetryRequested,
            lease: status
        )
        let result = await run(machine, holding: lease)
        await lease?.release()
        // Begins before the refresh ends, so that a shutdown waits for both.
        saveInBackgroundIfNeeded()
        return result
    }

    private var refreshPolicy: RefreshStateMachine.Policy {
        var policy = RefreshStateMachine.Policy(keyThumbprint: dpopKey?.thumbprint, renewal: client.runtime.renewal)
        if client.configuration.refreshRetry == .untilResponse {
            policy.pendingRefreshLifetime = client.runtime.tokenRequestTimeout + SessionStoreEntry.leaseDuration
        }
        return policy
    }

    private nonisolated(nonsending) func acquireLease() async -> ((any StoreLease)?, RefreshStateMachine.LeaseStatus) {
        let result = await work.untilShutdown { [entry] () async -> Result<any StoreLease, TokenStoreError> in
            do throws(TokenStoreError) {
                return .success(try await entry.lease())
            } catch {
                return .failure(error)
            }
        }
        do throws(TokenStoreError) {
            return (try result.get(), .held)
        } catch {
            if error.kind == .leaseUnavailable { return (nil, .heldByAnother) }
            // Only a shutdown cancels the wait.
            if error.kind != .cancelled { reportStoreFailure(.lease, error) }
            return (nil, .storeUnavailable)
        }
    }

    private nonisolated(nonsending) func run(
        _ machine: consuming RefreshStateMachine,
        holding lease: (any StoreLease)?
    ) async -> Result<SessionToken, TokenError> {
        var machine = machine
        var requestError: TokenError?
        var action = isSignedOut ? machine.signedOut() : machine.start()
        while true {
            switch action {
            case .load:
                let result = await load()
                action = machine.loaded(result, at: clock.date())
            case .save(let record, let version):
                // P38: a session is not stored after its sign-out.
                action = isSignedOut ? machine.signedOut() : machine.saved(await save(record, replacing: version))
            case .checkLease:
                action = machine.leaseChecked(isHeld: await lease?.isHeld() ?? false)
            case .sendRequest(let refreshToken):
                guard !isSignedOut else {
                    action = machine.signedOut()
                    continue
                }
                let (response, error) = await requestTokens(with: refreshToken, for: machine.requirement.key)
                requestError = error
                if let lease, await !lease.isHeld() {
                    // P35: the process was paused between the lease check and the end of the request.
                    client.record(.storeFailed, StoreOperation.lease.rawValue)
                    events.send(.leaseLost)
                }
                if response == .outcomeUnknown { events.send(.outcomeUnknown) }
                action = machine.received(response)
            case .finish(let outcome):
                return await finish(machine, with: outcome, requestError: requestError)
            }
        }
    }

    private nonisolated(nonsending) func finish(
        _ machine: RefreshStateMachine,
        with outcome: RefreshStateMachine.Outcome,
        requestError: TokenError?
    ) async -> Result<SessionToken, TokenError> {
        var discardedTokens = machine.discardedTokens
        var outcome = outcome
        switch outcome {
        case .failure(.signedOutOrExpired), .failure(.replacedByAnotherUser):
            if signOutLocally() != nil { recordSignOut(.elsewhere) }
        default:
            guard !adopt(machine.session) else { break }
            // The user signed out here after the tokens were saved. The sign-out wins, in the store too.
            outcome = .failure(.signedOutOrExpired)
            discardedTokens = machine.receivedTokens
            await removeStoredSession(of: [machine.session.record.signInID])
        }
        if let discardedTokens { revokeInBackground(RevocableTokens(discardedTokens)) }
        switch outcome {
        case .token(let token):
            if machine.receivedTokens != nil { events.send(.refreshed) }
            return .success(token)
        case .failure(let failure):
            return .failure(error(for: failure, requestError: requestError))
        }
    }
}
