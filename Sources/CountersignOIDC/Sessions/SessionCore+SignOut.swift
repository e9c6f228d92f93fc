import Countersign

/// Signing out: here first, then in the store, then at the authorization server.
extension SessionCore {
    /// - Parameter reason: Who wants it, for the telemetry.
    nonisolated(nonsending) func signOut(revoking: TokensToRevoke, _ reason: String = "user") async -> SignOutResult {
        guard var record = signOutHere() else { return SignOutResult() }
        client.runtime.record(.signedOut, reason)
        // Another process may have refreshed since: its tokens are the ones that count.
        var tokens = RevocableTokens(record)
        var signIns: Set = [record.signIn]
        if let (stored, _) = try? await entry.load(), stored.isSameUser(as: record) {
            tokens.add(stored)
            signIns.insert(stored.signIn)
            record.idToken = stored.idToken ?? record.idToken
        }
        var result = SignOutResult()
        result.storeError = await removeEntry(of: signIns)
        result.revocation = await revoke(tokens, revoking)
        result.idToken = record.idToken
        return result
    }

    /// Where the browser signs out at the authorization server; nil when it has no such page, or cannot be asked.
    nonisolated(nonsending) func endSessionURL(idToken: String?, state: String?) async -> String? {
        try? await client.endSessionURL(idToken: idToken.flatMap(IDToken.init(kept:)), state: state)
    }

    /// Removes the session from the store, now or as soon as the store lets it.
    @discardableResult
    nonisolated(nonsending) func removeEntry(of signIns: Set<String>) async -> TokenStoreError? {
        do throws(TokenStoreError) {
            try await entry.remove(signIns)
            return nil
        } catch {
            storeFailed("remove", error)
            Task.detached { [self] in await removeUntilDone(signIns) }
            return error
        }
    }

    private func removeUntilDone(_ signIns: Set<String>) async {
        var attempt = 0
        while true {
            try? await clock.sleep(until: clock.now().advanced(by: Self.pause(attempt)))
            attempt += 1
            do throws(TokenStoreError) {
                return try await entry.remove(signIns)
            } catch {}
        }
    }

    /// Tells the authorization server that tokens are not needed any more, if it wants to know (RFC 7009).
    nonisolated(nonsending) func revoke(
        _ tokens: RevocableTokens,
        _ revoking: TokensToRevoke
    ) async -> RevocationResult {
        guard revoking != .nothing else { return .notAsked }
        var wanted = tokens.refreshTokens.map { ($0, "refresh_token") }
        if revoking == .allTokens || wanted.isEmpty { wanted += tokens.accessTokens.map { ($0, "access_token") } }
        guard !wanted.isEmpty else { return .notAsked }
        do throws(TokenError) {
            let metadata = try await client.runtime.metadata(of: try client.issuer(), naming: .revocation)
            guard metadata.names(.revocation) else { return .notOffered }
        } catch {
            return .failed(error)
        }
        var failure: TokenError?
        for (token, hint) in wanted {
            do throws(TokenError) {
                let parameters = [(name: "token", value: token), (name: "token_type_hint", value: hint)]
                _ = try await client.runtime.post(client.request(.revocation, parameters, mayBeRepeated: true))
            } catch {
                failure = failure ?? error
            }
        }
        return failure.map { .failed($0) } ?? .done
    }

    func revokeInBackground(_ tokens: RefreshedTokens) {
        revokeInBackground(RevocableTokens(tokens))
    }

    func revokeInBackground(_ record: SessionRecord) {
        revokeInBackground(RevocableTokens(record))
    }

    private func revokeInBackground(_ tokens: RevocableTokens) {
        Task.detached { [self] in _ = await revoke(tokens, .allTokens) }
    }
}

/// The tokens of a session that is over.
struct RevocableTokens: Sendable, Redacted {
    private(set) var refreshTokens: [String] = []
    private(set) var accessTokens: [String] = []

    init(_ record: SessionRecord) {
        add(record)
    }

    init(_ issued: RefreshedTokens) {
        refreshTokens = issued.refreshToken.map { [$0] } ?? []
        accessTokens = [issued.token.value]
    }

    mutating func add(_ record: SessionRecord) {
        if let token = record.refreshToken, !refreshTokens.contains(token) { refreshTokens.append(token) }
        for token in record.tokens where !accessTokens.contains(token.value) { accessTokens.append(token.value) }
    }
}
