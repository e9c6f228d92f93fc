import Countersign

extension OIDCClient {
    /// Signs a user in from beginning to end, for apps and command-line programs (RFC 8252).
    ///
    /// ```swift
    /// let result = try await client.signIn(redirectURI: "com.example.app:/signed-in") { url in
    ///     await openInBrowser(url)
    /// } callback: {
    ///     .url(await nextIncomingURL())
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - redirectURI: Where the browser comes back to; nil for the configuration's.
    ///   - present: Shows the user the page at this URL, in the system's browser.
    ///   - callback: Waits for what the browser brings back.
    /// - Throws: ``SignInError``; what the closures throw is ``SignInError/Kind/cancelled``, for neither has the user
    ///   signed in then.
    public func signIn(
        redirectURI: String? = nil,
        present: (_ url: String) async throws -> Void,
        callback: () async throws -> AuthorizationCallback
    ) async throws(SignInError) -> SignInResult {
        let request = try await authorizationRequest(redirectURI: redirectURI)
        let answer: AuthorizationCallback
        do {
            try await present(request.url)
            answer = try await callback()
        } catch {
            throw SignInError(.cancelled, "the program gave up with \(type(of: error))")
        }
        return try await complete(request.transaction, callback: answer)
    }
}
