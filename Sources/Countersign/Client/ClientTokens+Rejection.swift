extension ClientTokens {
    /// Returns the header fields for another attempt of a request of another HTTP client that the API has rejected; nil if
    /// another attempt makes no sense.
    ///
    /// Call it once for a request, after a response with status 401. It stores the DPoP nonce of the response. If the API
    /// requires a nonce, the result has the same token and a new proof. If the API rejected the token, that token is
    /// renewed; requests that were rejected with the same token share the renewal.
    ///
    /// ```swift
    /// let sent = try await catalog.tokens.authorizationHeaders(method: .get, url: url)
    /// // … a response with a status and fields arrives:
    /// let again = try await catalog.tokens.authorizationHeaders(afterRejectionOf: sent, response, method: .get, url: url)
    /// ```
    ///
    /// - Parameters:
    ///   - sent: The fields of the rejected request, as ``authorizationHeaders(method:url:)`` returned them.
    ///   - response: The response, with its status and its fields.
    ///   - method: The method of the request.
    ///   - url: The URL of the request.
    /// - Throws: ``TokenError``, as ``authorizationHeaders(method:url:)`` does, or if the token could not be renewed.
    public nonisolated(nonsending) func authorizationHeaders(
        afterRejectionOf sent: HTTP.Fields,
        _ response: HTTP.Response,
        method: HTTP.Method,
        url: String
    ) async throws(TokenError) -> HTTP.Fields? {
        let hasNonce = updateDPoPNonce(from: response.fields, url: url)
        let outcome = ChallengeOutcome(
            response,
            isDPoP: sent.contains(.dpop),
            hasNonce: hasNonce,
            unchallenged: client.configuration.runtime.configuration.renewsOnUnchallenged401
        )
        switch outcome {
        case .nonceRequired: break
        case .proofRejected where hasNonce: break
        case .tokenRejected, .unexplained: guard try await replaceToken(of: sent) else { return nil }
        case .unrelated, .proofRejected, .assertionRejected: return nil
        }
        return try await authorizationHeaders(method: method, url: url)
    }

    /// Replaces the cached token if it is the one that was sent.
    ///
    /// - Returns: false if there is no other token.
    private nonisolated(nonsending) func replaceToken(of sent: HTTP.Fields) async throws(TokenError) -> Bool {
        let authorization = try authorization()
        let attached = try await observed { () async throws(TokenError) in
            try await authorization.tokens(options: client.options, deadline: deadline)
        }
        guard let token = attached.token else { return false }
        let rejected = sent[.authorization] ?? ""
        guard token.authorizationHeader.utf8.elementsEqual(rejected.utf8) else { return true }
        let replacement = try await observed { () async throws(TokenError) in
            try await authorization.replacement(
                for: attached,
                rejected: token,
                options: client.options,
                deadline: deadline
            ) ?? Authorization.Attached()
        }
        return replacement.token != nil
    }
}
