import Countersign
import CountersignCrypto

extension OIDCClient {
    /// Completes a sign-in with the callback from the browser (RFC 6749 section 4.1.2, OpenID Connect Core section 3.1.3).
    ///
    /// A token request is sent only if the callback is well-formed, in time, has the transaction's `state`, is the first
    /// one for the transaction, and comes from the expected issuer (RFC 9207). The code is then sent to that issuer once,
    /// with the code verifier and, if it is bound to a DPoP key, a proof. The ID token is validated.
    ///
    /// - Parameters:
    ///   - transaction: The transaction of
    ///     ``authorizationRequest(redirectURI:loginHint:idTokenHint:prompt:maxAge:acrValues:parameters:)`` for this
    ///     browser.
    ///   - callback: The callback that the browser brought.
    /// - Throws: ``SignInError``.
    public func complete(
        _ transaction: SignInTransaction,
        callback: AuthorizationCallback
    ) async throws(SignInError) -> SignInResult {
        let (code, tenantIssuer) = try await authorizationCode(in: callback, for: transaction)
        let request = try await mappingTokenErrors { () async throws(TokenError) in
            guard try clientID().utf8.elementsEqual(transaction.clientID.utf8) else {
                throw TokenError(.configuration, "the authorization request was made by another client")
            }
            // P50: the code is bound to the key of the authorization request, and only that key can redeem it.
            guard try dpopKey()?.thumbprint == transaction.jkt else {
                throw TokenError(
                    .configuration,
                    "the DPoP key of the authorization request is missing; pass credentials with the same key"
                )
            }
            var parameters = [
                (name: "grant_type", value: "authorization_code"), ("code", code),
                ("redirect_uri", transaction.redirectURI), ("code_verifier", transaction.codeVerifier),
            ]
            for resource in transaction.resources { parameters.append(("resource", resource)) }
            parameters += try additionalTokenParameters()
            return try self.request(.token, parameters, isOneTimeGrant: true)
        }
        return try await signInResult(of: request, flow: "code", scopes: transaction.scopes) { validator in
            validator.callbackIssuer = tenantIssuer
            validator.nonce = transaction.nonce
            validator.maxAge = transaction.maxAge
            validator.requiredACRValues = transaction.requiredACRValues
        }
    }

    /// Returns the authorization code of a callback after validating everything else in it, and the issuer of the user's
    /// tenant if the callback names one.
    private func authorizationCode(
        in callback: AuthorizationCallback,
        for transaction: SignInTransaction
    ) async throws(SignInError) -> (code: String, tenantIssuer: String?) {
        let response = try callback.parameters()
        if let url = callback.url, !RedirectURI.isRedirect(url, to: transaction.redirectURI) {
            throw SignInError(.malformedCallback, "the URL of the callback is not the request's redirect URI")
        }
        guard !transaction.isExpired(at: runtime.clock.date()) else {
            throw SignInError(.expired, "the callback came more than ten minutes after the authorization request")
        }
        guard constantTimeEqual(Array((try response.text(.state) ?? "").utf8), Array(transaction.state.utf8)) else {
            throw SignInError(.stateMismatch, "the callback belongs to another authorization request or browser")
        }
        guard transaction.markUsed() else {
            throw SignInError(.alreadyUsed, "a callback was already received for this authorization request")
        }
        let issuer = try await checkIssuer(try response.text(.issuer), of: transaction)
        // A parameter without a value counts as omitted (RFC 6749 section 3.1).
        if let error = try response.text(.error), !error.isEmpty {
            let code = OAuthErrorCode(error)
            throw SignInError(
                .denied,
                "the user or the authorization server denied the request",
                oauthError: code?.text,
                oauthErrorDescription: try response.text(.errorDescription),
                isTransient: code?.isTransient ?? false
            )
        }
        guard let code = try response.text(.code), !code.isEmpty else {
            throw SignInError(.malformedCallback, "the callback has neither a code nor an error")
        }
        guard code.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw SignInError(
                .malformedCallback,
                "the code of the callback is invalid: it has a character that is not visible ASCII (RFC 6749 appendix A.11)"
            )
        }
        guard code.utf8.count <= 4096 else {
            throw SignInError(.malformedCallback, "the code of the callback is longer than 4096 bytes")
        }
        return (code, issuer)
    }

    /// Rejects a callback from another server than the expected one: a mix-up attack (RFC 9207 section 2.4).
    ///
    /// - Parameter named: The `iss` parameter of the callback.
    /// - Returns: The named issuer if it is that of a tenant; nil for the client's own issuer.
    private func checkIssuer(
        _ named: String?,
        of transaction: SignInTransaction
    ) async throws(SignInError) -> String? {
        let issuer: String
        do {
            issuer = try self.issuer()
        } catch {
            throw SignInError(error)
        }
        // Issuers are compared as bytes: Swift's == calls texts equal that differ on the wire.
        guard issuer.utf8.elementsEqual(transaction.issuer.utf8) else {
            throw SignInError(.issuerMismatch, "the authorization request was made to another issuer")
        }
        if let named {
            if named.utf8.elementsEqual(issuer.utf8) { return nil }
            // A multi-tenant server names the issuer of the user's tenant. The ID token must then name the same one.
            if configuration.issuerPattern != nil {
                let metadata = try await mappingTokenErrors { () async throws(TokenError) in
                    try await serverMetadata()
                }
                if metadata.template?.tenant(of: named) != nil { return named }
            }
            throw SignInError(.issuerMismatch, "the callback names another issuer than the authorization request's")
        }
        let metadata = try await mappingTokenErrors { () async throws(TokenError) in
            try await serverMetadata()
        }
        guard !metadata.flag("authorization_response_iss_parameter_supported") else {
            throw SignInError(
                .issuerMismatch,
                "the callback has no iss parameter, although the authorization server always sends one"
            )
        }
        return nil
    }
}
