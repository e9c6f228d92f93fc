import Countersign

extension BrowserSessions {
    /// Ends the sessions that the authorization server says are over (OpenID Connect Back-Channel Logout).
    ///
    /// Answer it with 200, an error with 400; both with `Cache-Control: no-store` (section 2.8).
    ///
    /// A sign-in that is being completed meanwhile is over, too: it fails with ``SignInError/Kind/denied``. The user may
    /// sign in anew.
    ///
    /// - Parameter logoutToken: The `logout_token` of the request's form; nil, where there is none, is refused. It counts
    ///   once.
    /// - Returns: How many sessions ended.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/logoutToken`` when the token is refused, of another when
    ///   the issuer's keys or the store could not be had: then the server is to try again.
    @discardableResult
    public nonisolated(nonsending) func backChannelLogout(logoutToken: String?) async throws(SignInError) -> Int {
        guard let logoutToken else { throw SignInError(IDTokenError(.missing), .logoutToken) }
        let store = documents.store
        var failure: TokenStoreError?
        let token = try await client.validate(logoutToken: logoutToken) { [client] identifier, _ in
            guard let issuer = try? client.issuer() else { return false }
            do throws(TokenStoreError) {
                return try await store.load(Self.entryName(ofLogout: identifier, at: issuer)) == nil
            } catch {
                failure = error
                return true
            }
        }
        let count: Int
        do throws(TokenError) {
            if let failure { throw TokenError(failure) }
            count = try await endAll(by: token)
        } catch {
            throw SignInError(.token, "the store of the sessions failed", token: error)
        }
        // Only now: whoever fails in between finds the token as good as it was. Two at once end the same sessions.
        _ = try? await store.save(
            [1],
            as: Self.entryName(ofLogout: token.identifier, at: token.issuer),
            replacing: nil,
            until: token.expiresAt + IDTokenRules.leeway
        )
        return count
    }

    private nonisolated(nonsending) func endAll(by token: LogoutToken) async throws(TokenError) -> Int {
        let key: SessionIndex.Key =
            if let sessionID = token.sessionID {
                .sessionID(sessionID, issuer: token.issuer)
            } else {
                .subject(token.subject ?? "", issuer: token.issuer)
            }
        // First the mark: a sign-in whose session is not in the index yet finds it.
        var failure: TokenStoreError?
        do throws(TokenStoreError) {
            try await logouts.leave(for: key, issuedAt: token.issuedAt)
        } catch {
            failure = error
        }
        // A store that takes nothing any more lets go all the same; and the server keeps its own account of refresh tokens
        // (section 2.7).
        let count = try await endAll(of: key, revoking: .nothing, "back-channel").count
        if let failure { throw TokenError(failure) }
        return count
    }

    private static func entryName(ofLogout identifier: String, at issuer: String) -> String {
        "logout." + BrowserSecret.digest("\(issuer.utf8.count).\(issuer)\(identifier)")
    }
}
