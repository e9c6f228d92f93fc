import Countersign

extension BrowserSessions {
    /// Starts a sign-in.
    ///
    /// - Parameters:
    ///   - returnTo: The path of this site to which the user returns. An address of another site is rejected, so that a
    ///     link to the sign-in cannot lead the user elsewhere.
    ///   - cookies: The value of the request's `Cookie` field; nil only if the request has none. A browser can sign in
    ///     in 20 tabs at the same time; this field shows which older sign-ins to forget. Without it, the browser's
    ///     sign-in cookies are not bounded, and the site may reject its requests because their header is too large.
    ///   - loginHint: The user who will probably sign in.
    ///   - prompt: The prompts for the user, instead of those in the configuration.
    ///   - session: The session of the user who must sign in again. Its ID token is sent as a hint (`id_token_hint`).
    /// - Throws: ``SignInError``: of kind ``SignInError/Kind/invalidReturnTo`` if the address is not a path of this
    ///   site; respond to it with status 400.
    public nonisolated(nonsending) func beginSignIn(
        returnTo: String = "/",
        cookies: String?,
        loginHint: String? = nil,
        prompt: [String]? = nil,
        reauthenticating session: UserSession? = nil
    ) async throws(SignInError) -> SignInStart {
        guard LocalPath.isLocal(returnTo) else {
            throw SignInError(.invalidReturnTo, "the address to return to is not a path of this site")
        }
        let request = try await client.authorizationRequest(
            loginHint: loginHint,
            idTokenHint: session?.core.record.idToken.flatMap(IDToken.init(unverified:)),
            prompt: prompt
        )
        let transaction = request.transaction
        let secret: String
        do throws(TokenError) {
            secret = try BrowserSecret.make()
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
                until: clock.date().adding(SignInTransaction.lifetime)
            )
        } catch {
            throw SignInError(error)
        }
        let now = clock.date()
        return SignInStart(
            url: request.url,
            setCookies: [signInCookies.setCookie(secret, state: transaction.state, at: now)]
                + signInCookies.removals(in: cookies, adding: 1, at: now)
        )
    }

    /// Completes a sign-in with the response that the browser brought to the redirect URI.
    ///
    /// A response is accepted once, and only from the browser that started the sign-in. The session receives a new
    /// cookie, and the session of the browser's previous cookie ends. (With `form_post`, browsers do not send the
    /// previous cookie. Its session then remains until it expires.)
    ///
    /// - Parameters:
    ///   - callback: The response of the authorization server.
    ///   - cookies: The value of the request's `Cookie` field.
    /// - Throws: ``SignInError``: of kind ``SignInError/Kind/stateMismatch`` if this browser has not started the
    ///   sign-in or has completed it already; of kind ``SignInError/Kind/denied`` if the authorization server has
    ///   signed the user out in the meantime (``backChannelLogout(logoutToken:)``); of kind
    ///   ``SignInError/Kind/tokenError`` if the store failed, or if this process is shutting down. In the latter case,
    ///   its `tokenError` is of kind `TokenError.Kind.shutDown`, and another process can complete the sign-in.
    public nonisolated(nonsending) func finishSignIn(
        callback: AuthorizationCallback,
        cookies: String?
    ) async throws(SignInError) -> SignInCompletion {
        let state = try callback.state()
        guard let signInSecret = signInCookies.secret(for: state, in: cookies) else {
            throw SignInError(.stateMismatch, "this browser has not started a sign-in, or took too long")
        }
        // Before the sign-in is removed: the browser can reload the page, and another process completes the sign-in.
        guard let signIn = work.beginUnlessShuttingDown(.signIn) else {
            throw SignInError(
                .tokenError,
                "this process is shutting down and completes no sign-in; send the request again to another process",
                tokenError: .shutDown,
                isTransient: true
            )
        }
        defer { signIn.end() }
        // Removed before any request is sent, so that a second response finds nothing.
        let pending: PendingSignIn?
        do throws(TokenStoreError) {
            pending = try await documents.take(PendingSignIn.entryName(secret: signInSecret, state: state))
        } catch {
            throw SignInError(error)
        }
        guard let pending else {
            throw SignInError(.stateMismatch, "this browser has not started this sign-in, or has completed it already")
        }
        let transaction = try SignInTransaction(decoding: Array(pending.transaction.utf8))
        let result = try await client.complete(transaction, callback: callback)
        let browser: BrowserSession
        do throws(TokenError) {
            browser = try await beginSession(for: result)
        } catch {
            guard error.kind != .notSignedIn else {
                throw SignInError(
                    .denied,
                    "the user was signed out before the sign-in was completed",
                    tokenError: error
                )
            }
            throw SignInError(.tokenError, "the session could not be stored", tokenError: error)
        }
        await endPreviousSession(cookies: cookies)
        let own = signInCookies.removal(for: state)
        let old = signInCookies.removals(in: cookies, adding: 0, at: clock.date()).filter { $0 != own }
        return SignInCompletion(
            browser: browser,
            returnTo: pending.returnTo,
            setCookies: (browser.setCookie.map { [$0] } ?? []) + [own] + old
        )
    }

    /// Ends the session that the browser had before this sign-in.
    ///
    /// Its tokens are not revoked, since some servers issue both sessions' tokens under the same grant.
    private nonisolated(nonsending) func endPreviousSession(cookies: String?) async {
        guard let secret = sessionCookie.secret(in: cookies) else { return }
        _ = try? await endSession(BrowserSecret.digest(secret), revoking: .nothing, reason: .replaced)
    }
}
