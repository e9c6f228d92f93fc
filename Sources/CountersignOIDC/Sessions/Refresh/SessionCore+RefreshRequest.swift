import Countersign

// The token endpoint request of a refresh (RFC 6749 section 6).
extension SessionCore {
    /// Sends the refresh token once.
    ///
    /// - Returns: The effect on the refresh token, and the error if there are no new tokens.
    nonisolated(nonsending) func requestTokens(
        with refreshToken: String,
        for key: SessionTokenKey
    ) async -> (RefreshStateMachine.Response, TokenError?) {
        do throws(TokenError) {
            var parameters = key.parameters(with: refreshToken)
            if key.parameters.isEmpty { parameters += try client.additionalTokenParameters() }
            let request = try client.request(.token, parameters, isOneTimeGrant: true)
            let requestedAt = clock.date()
            let response = try await client.runtime.token(for: request)
            let token = SessionToken(
                key: key,
                value: response.accessToken.value,
                requestedAt: requestedAt,
                lifetime: response.accessToken.lifetime,
                scopes: response.accessToken.scopes,
                proofAlgorithm: response.accessToken.key?.unusualAlgorithmName
            )
            let identity = try await identity(in: response)
            let tokens = RefreshedTokens(
                accessToken: token,
                refreshToken: response.refreshToken,
                identity: identity
            )
            return (.tokens(tokens), nil)
        } catch {
            // The new refresh token is for the session, and not for the callers.
            return (response(for: error), error.carrying(newRefreshToken: nil))
        }
    }

    /// Classifies a failed request by its effect on the refresh token.
    private func response(for error: TokenError) -> RefreshStateMachine.Response {
        // P61: whatever is wrong with the access token, the next refresh needs the new refresh token.
        if let refreshToken = error.newRefreshToken {
            return .tokens(RefreshedTokens(accessToken: nil, refreshToken: refreshToken, identity: nil))
        }
        switch error.kind {
        // After a successful response that cannot be read, the refresh token was most likely used.
        case .outcomeUnknown, .malformedResponse:
            return .outcomeUnknown
        // P22: only a response of the authorization server ends a session, and never a transient one.
        case .rejected where error.status != nil && configuration.endsSession(error):
            return .rejectedRefreshToken(error: error.isInvalidGrant ? "invalid_grant" : error.oauthError ?? "rejected")
        default:
            return .failed
        }
    }

    /// Checks that the refreshed tokens belong to the same user (OpenID Connect Core section 12.2).
    ///
    /// - Returns: The new ID token; nil if the response has no valid one.
    /// - Throws: `TokenError` if the ID token names another user, issuer or client (P39).
    private nonisolated(nonsending) func identity(
        in response: TokenEndpointResponse
    ) async throws(TokenError) -> RefreshedTokens.Identity? {
        let record = record
        guard let text = response.idToken, let original = record.idToken.flatMap(IDToken.init(unverified:)) else {
            return nil
        }
        do throws(SignInError) {
            let new = try await client.refreshed(text, after: original, clockOffset: response.clockOffset)
            // Userinfo claims that the ID token does not contain are kept.
            let claims = new.claims.aboutTheUser.merging(record.claims)
            return .init(idToken: text, claims: configuration.transformed(claims, stored: record.claims))
        } catch {
            // An ID token that cannot be validated changes nothing, whether it is forged or the keys are unreachable.
            // The other tokens of the response are used, since the new refresh token would be lost otherwise. The
            // exception is an ID token that claims another user, issuer or client. One whose audience has changed, and
            // still contains this client, is ignored like any other that cannot be validated.
            guard let claimed = IDToken(unverified: text) else { return nil }
            let isSameUser =
                claimed.issuer.utf8.elementsEqual(original.issuer.utf8)
                && claimed.subject.utf8.elementsEqual(original.subject.utf8)
            let isForThisClient = claimed.audience.contains { $0.utf8.elementsEqual(record.clientID.utf8) }
            if isSameUser, isForThisClient || error.idTokenError?.kind != .wrongAudience { return nil }
            throw TokenError(
                .rejected,
                "the refresh response was rejected because its ID token is for another user, issuer or client: \(error)"
            )
        }
    }
}
