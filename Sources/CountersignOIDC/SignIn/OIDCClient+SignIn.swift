import Countersign

extension OIDCClient {
    /// Signs a user in from start to end, for apps and command-line programs (RFC 8252).
    ///
    /// ```swift
    /// let result = try await client.signIn(redirectURI: "com.example.app:/signed-in") { url in
    ///     await openInBrowser(url)
    /// } callback: { transaction in
    ///     .url(await nextIncomingURL { transaction.matches(.url($0)) })
    /// }
    /// ```
    ///
    /// To receive the callback on a loopback address, use `RedirectReceiver` of CountersignLoopback.
    ///
    /// - Parameters:
    ///   - redirectURI: The URI that the browser returns to; nil for the configuration's.
    ///   - present: Opens the URL in the system's browser.
    ///   - callback: Waits for the callback. If other programs can send URLs too, skip those that do not belong to the
    ///     transaction (``SignInTransaction/matches(_:)``): a wrong callback ends the sign-in.
    /// - Throws: ``SignInError``. An error of a closure becomes ``SignInError/Kind/cancelled``.
    public func signIn(
        redirectURI: String? = nil,
        present: (_ url: String) async throws -> Void,
        callback: (_ transaction: SignInTransaction) async throws -> AuthorizationCallback
    ) async throws(SignInError) -> SignInResult {
        let request = try await authorizationRequest(redirectURI: redirectURI)
        let received: AuthorizationCallback
        do {
            try await present(request.url)
            received = try await callback(request.transaction)
        } catch {
            throw SignInError(.cancelled, "the program ended the sign-in with \(type(of: error))")
        }
        return try await complete(request.transaction, callback: received)
    }
}
