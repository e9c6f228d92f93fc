import Countersign

extension OIDCClient {
    /// Signs a user in from beginning to end, for apps and command-line programs (RFC 8252).
    ///
    /// ```swift
    /// let result = try await client.signIn(redirectURI: "com.example.app:/signed-in") { url in
    ///     await openInBrowser(url)
    /// } callback: { transaction in
    ///     .url(await nextIncomingURL { transaction.matches( .url($0)) })
    /// }
    /// ```
    ///
    /// On loopback, `RedirectReceiver` of CountersignLoopback is what waits.
    ///
    /// - Parameters:
    ///   - redirectURI: Where the browser comes back to; nil for the configuration's.
    ///   - present: Shows the user the page at this URL, in the system's browser.
    ///   - callback: Waits for what the browser brings back. Where strangers can send something, too, it passes over what
    ///     does not answer the transaction (``SignInTransaction/matches()``) and goes on waiting; what it returns
    ///     is the answer, and a wrong one ends the sign-in.
    /// - Throws: ``SignInError``; what the closures throw is ``SignInError/Kind/cancelled``, for neither has the user
    ///   signed in then.
    public func signIn(
        redirectURI: String? = nil,
        present: (_ url: String) async throws -> Void,
        callback: (_ transaction: SignInTransaction) async throws -> AuthorizationCallback
    ) async throws(SignInError) -> SignInResult {
        let request = try await authorizationRequest(redirectURI: redirectURI)
        let answer: AuthorizationCallback
        do {
            try await present(request.url)
            answer = try await callback(request.transaction)
        } catch {
            throw SignInError(.cancelled, "the program gave up with \(type(of: error))")
        }
        return try await complete(request.transaction, callback: answer)
    }
}
