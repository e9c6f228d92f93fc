public import Countersign

extension BrowserSessions {
    /// A sign-in that has begun: what to answer the browser with.
    public struct SignInStart: Sendable {
        /// Where to redirect the browser to.
        public let url: String
        /// The value of a `Set-Cookie` field.
        public let setCookie: String
    }

    /// A sign-in that is complete: what to answer the browser with.
    public struct SignInCompletion: Sendable {
        /// The user.
        public let browser: BrowserSession
        /// Where to redirect the browser to: a path of this site.
        public let returnTo: String
        /// The value of a `Set-Cookie` field.
        public let setCookie: String
    }

    /// Begins a sign-in.
    ///
    /// - Parameters:
    ///   - returnTo: Where the user wants to go: a path of this site. Anything else is refused, so that nobody is led
    ///     elsewhere by a link to the sign-in.
    ///   - cookies: The value of the request's `Cookie` field: with it, sign-ins in several tabs do not disturb each
    ///     other.
    ///   - loginHint: Who is probably going to sign in.
    ///   - prompt: What the user is asked, instead of the configuration's.
    /// - Throws: ``SignInError``: of kind ``SignInError/Kind/returnTo`` when the address is not a path of this site, which
    ///   is to be answered with 400.
    public nonisolated(nonsending) func beginSignIn(
        returnTo: String = "/",
        cookies: String? = nil,
        loginHint: String? = nil,
        prompt: [String]? = nil
    ) async throws(SignInError) -> SignInStart {
        guard LocalPath.isLocal(returnTo) else {
            throw SignInError(.returnTo, "the address to return to is not a path of this site")
        }
        let request = try await client.authorizationRequest(loginHint: loginHint, prompt: prompt)
        let transaction = request.transaction
        let cookie = signInCookie
        let secret: String
        do throws(TokenError) {
            if let own = cookie.secret(in: cookies) { secret = own } else { secret = try BrowserSecret.make() }
        } catch {
            throw SignInError(error)
        }
        let pending = PendingSignIn(
            transaction: String(decoding: transaction.encoded(), as: UTF8.self),
            returnTo: returnTo
        )
        do throws(TokenStoreError) {
            try await documents.save(
                pending,
                as: PendingSignIn.entryName(secret: secret, state: transaction.state),
                replacing: nil,
                until: clock.unixTime() + SignInTransaction.lifetime
            )
        } catch {
            throw SignInError(store: error)
        }
        return SignInStart(url: request.url, setCookie: cookie.setting(secret, for: SignInTransaction.lifetime))
    }

    /// Completes a sign-in with what the browser brought to the redirect URI.
    ///
    /// An answer counts once, and only from the browser that began the sign-in. The session gets a new cookie; the one
    /// that the browser had before is worth nothing any more. (With `form_post` the answer comes without that one, whose
    /// session lives on until its time is over.)
    ///
    /// - Parameters:
    ///   - callback: What the browser brought.
    ///   - cookies: The value of the request's `Cookie` field.
    /// - Throws: ``SignInError``: of kind ``SignInError/Kind/stateMismatch`` when this browser has begun no such
    ///   sign-in, or has completed it already; of kind ``SignInError/Kind/denied`` when the authorization server has
    ///   signed the user out again meanwhile (``backChannelLogout(logoutToken:)``); of kind ``SignInError/Kind/token``
    ///   when the store failed.
    public nonisolated(nonsending) func finishSignIn(
        callback: AuthorizationCallback,
        cookies: String?
    ) async throws(SignInError) -> SignInCompletion {
        let state = try callback.state()
        guard let signInSecret = signInCookie.secret(in: cookies) else {
            throw SignInError(.stateMismatch, "this browser has not begun to sign in, or took too long")
        }
        // Taken out before anything is sent: a second answer finds nothing.
        let pending: PendingSignIn?
        do throws(TokenStoreError) {
            pending = try await documents.take(PendingSignIn.entryName(secret: signInSecret, state: state))
        } catch {
            throw SignInError(store: error)
        }
        guard let pending else {
            throw SignInError(.stateMismatch, "this browser has not begun this sign-in, or has completed it already")
        }
        let transaction = try SignInTransaction(decoding: Array(pending.transaction.utf8))
        let result = try await client.complete(transaction, callback: callback)
        let browser: BrowserSession
        do throws(TokenError) {
            browser = try await beginSession(for: result)
        } catch {
            guard error.kind != .notSignedIn else {
                throw SignInError(.denied, "the user was signed out again before the session was there", token: error)
            }
            throw SignInError(.token, "the session could not be stored", token: error)
        }
        await forget(cookies)
        // The cookie of the sign-in stays: another tab may be signing in with it.
        return SignInCompletion(browser: browser, returnTo: pending.returnTo, setCookie: browser.setCookie ?? "")
    }

    /// The session of a user who has signed in otherwise, by a device for example.
    ///
    /// Where it throws, nothing is left of the session, and its refresh token is revoked.
    ///
    /// - Parameter result: What the sign-in brought, within the last ten minutes.
    /// - Throws: `TokenError`: of kind `TokenError.Kind.notSignedIn` when the user has signed out again meanwhile, or
    ///   the sign-in is so old that nobody can say; of another when the session could not be stored.
    public nonisolated(nonsending) func beginSession(for result: SignInResult) async throws(TokenError)
        -> BrowserSession
    {
        let secret = try BrowserSecret.make()
        let id = BrowserSecret.digest(secret)
        let now = clock.unixTime()
        let record = BrowserRecord(
            lastSeen: now,
            endsAt: now + configuration.lifetime,
            issuer: try client.issuer(),
            subject: result.claims.subject,
            sessionID: result.idToken?.sessionID
        )
        var kept: UserSession?
        do throws(TokenError) {
            let session = try await keep(result, as: id, record)
            kept = session
            try await checkIsWanted(result, as: id, record)
            return BrowserSession(
                session: session,
                setCookie: sessionCookie.setting(secret, for: end(of: record) - now),
                secret: secret
            )
        } catch {
            _ = try? await end(id, revoking: .nothing, "elsewhere")
            // Where the store failed, this goes on trying to remove it.
            _ = await kept?.core.signOut(revoking: .nothing, "elsewhere")
            for key in Self.keys(of: record) { try? await index.remove(id, from: key) }
            // Nobody has these tokens, and nobody will end them.
            if let refreshToken = result.response.refreshToken {
                try? await client.revoke(Secret(refreshToken), type: .refreshToken)
            }
            throw error
        }
    }

    /// Stores a new session.
    private nonisolated(nonsending) func keep(
        _ result: SignInResult,
        as id: String,
        _ record: BrowserRecord
    ) async throws(TokenError) -> UserSession {
        do throws(TokenStoreError) {
            // First the index: what is signed in must be found when the user signs out elsewhere.
            for key in Self.keys(of: record) {
                for dropped in try await index.add(.init(id: id, endsAt: record.endsAt), to: key) {
                    _ = try? await end(dropped, revoking: .nothing, "capacity")
                }
            }
            try await documents.save(
                record,
                as: BrowserRecord.entryName(of: id),
                replacing: nil,
                until: end(of: record)
            )
        } catch {
            throw TokenError(error)
        }
        let session = try await client.session(
            for: result,
            in: documents.store,
            id: id,
            until: record.endsAt,
            options: configuration.sessions
        )
        return cache.keep(session, replacing: true)
    }

    /// Refuses a new session that a logout was meant for, which came before it was stored, or meanwhile.
    ///
    /// - Throws: `TokenError`, also when the store cannot say.
    private nonisolated(nonsending) func checkIsWanted(
        _ result: SignInResult,
        as id: String,
        _ record: BrowserRecord
    ) async throws(TokenError) {
        var isWanted = true
        do throws(TokenStoreError) {
            for key in Self.keys(of: record) where isWanted {
                isWanted = try await index.sessions(of: key).contains(id)
                if isWanted { isWanted = try await !logouts.cover(key, issuedAt: result.idToken?.issuedAt) }
            }
        } catch {
            throw TokenError(error)
        }
        guard isWanted else {
            throw TokenError(.notSignedIn, "the user has signed out while the session was being stored")
        }
        guard clock.unixTime() - result.signedInAt < LogoutTombstones.patience else {
            throw TokenError(.notSignedIn, "the sign-in is too old for a session: the user may have signed out since")
        }
    }

    /// Ends the session that a browser had before it signed in anew.
    ///
    /// Its tokens are not revoked: to some servers, they are of one grant with the new ones.
    private nonisolated(nonsending) func forget(_ cookies: String?) async {
        guard let secret = sessionCookie.secret(in: cookies) else { return }
        _ = try? await end(BrowserSecret.digest(secret), revoking: .nothing, "replaced")
    }

    static func keys(of record: BrowserRecord) -> [SessionIndex.Key] {
        var keys: [SessionIndex.Key] = []
        if !record.subject.isEmpty { keys.append(.subject(record.subject, issuer: record.issuer)) }
        if let id = record.sessionID { keys.append(.sessionID(id, issuer: record.issuer)) }
        return keys
    }
}

extension SignInError {
    init(store error: TokenStoreError) {
        self.init(.token, "the store of the sign-in failed", token: TokenError(error))
    }
}

extension BrowserSessions.SignInStart: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInStart" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension BrowserSessions.SignInCompletion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInCompletion(\(browser))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["browser": browser]) }
}
