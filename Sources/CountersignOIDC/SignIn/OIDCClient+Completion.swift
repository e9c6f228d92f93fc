import Countersign
import CountersignCrypto

extension OIDCClient {
    /// Completes a sign-in with what the browser brought back (RFC 6749 section 4.1.2, OpenID Connect Core section 3.1.3).
    ///
    /// Nothing is sent unless the answer is well-formed, in time, has the transaction's `state`, is the first of its kind,
    /// and comes from the issuer that was asked (RFC 9207). The code is then sent once, to that issuer, with the verifier
    /// and a proof by the key that it was bound to; and the ID token is validated.
    ///
    /// - Parameters:
    ///   - transaction: What ``authorizationRequest(redirectURI:loginHint:prompt:maxAge:acrValues:parameters:)`` gave for
    ///     this browser.
    ///   - callback: What the browser brought.
    /// - Throws: ``SignInError``.
    public func complete(
        _ transaction: SignInTransaction,
        callback: AuthorizationCallback
    ) async throws(SignInError) -> SignInResult {
        let code = try await code(in: callback, for: transaction)
        let request = try await asking { () async throws(TokenError) in
            guard try clientID() == transaction.clientID else {
                throw TokenError(.configuration, "the request was made by another client than this one")
            }
            // P50: what the code is bound to is the key of the request, and no other will do.
            guard try dpopKey()?.thumbprint == transaction.jkt else {
                throw TokenError(
                    .configuration,
                    "the DPoP key of the request is missing; give the credentials the same key"
                )
            }
            var parameters = [
                (name: "grant_type", value: "authorization_code"), ("code", code),
                ("redirect_uri", transaction.redirectURI), ("code_verifier", transaction.verifier),
            ]
            for resource in transaction.resources { parameters.append(("resource", resource)) }
            parameters += try furtherTokenParameters()
            return try self.request(.token, parameters, mayBeRepeated: false)
        }
        return try await result(of: request, "code", scopes: transaction.scopes) { rules in
            rules.nonce = transaction.nonce
            rules.maxAge = transaction.maxAge
            rules.essentialACR = transaction.essentialACR
        }
    }

    /// The code of an answer, when everything about the answer is right.
    private func code(
        in callback: AuthorizationCallback,
        for transaction: SignInTransaction
    ) async throws(SignInError) -> String {
        let answer = try callback.parameters()
        if let url = callback.url, !RedirectURI.isRedirect(url, to: transaction.redirectURI) {
            throw SignInError(.malformedCallback, "the URL is not the redirect URI of the request")
        }
        guard !transaction.isExpired(at: runtime.clock.unixTime()) else {
            throw SignInError(.expired, "the answer came more than ten minutes after the request")
        }
        guard constantTimeEqual(Array((answer["state"] ?? "").utf8), Array(transaction.state.utf8)) else {
            throw SignInError(.stateMismatch, "the answer belongs to another request, or to another browser")
        }
        guard transaction.spend() else { throw SignInError(.alreadyUsed, "the request was answered before") }
        try await checkIssuer(answer["iss"], of: transaction)
        if let error = answer["error"] {
            let code = OAuthErrorCode(error)
            throw SignInError(
                .denied,
                "the authorization server, or the user, refused",
                oauthError: code?.text,
                oauthErrorDescription: answer["error_description"],
                isTransient: code?.isPassing ?? false
            )
        }
        guard let code = answer["code"], 1...4096 ~= code.utf8.count, code.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw SignInError(.malformedCallback, "it has neither a code nor an error")
        }
        return code
    }

    /// Refuses the answer of another server than the one that was asked (RFC 9207 section 2.4).
    private func checkIssuer(_ named: String?, of transaction: SignInTransaction) async throws(SignInError) {
        let issuer: String
        do {
            issuer = try self.issuer()
        } catch {
            throw SignInError(error)
        }
        guard issuer.utf8.elementsEqual(transaction.issuer.utf8) else {
            throw SignInError(.issuerMismatch, "the request was made to another issuer than this client's")
        }
        if let named {
            guard named.utf8.elementsEqual(issuer.utf8) else {
                throw SignInError(.issuerMismatch, "another issuer answered than the one that was asked")
            }
            return
        }
        let metadata = try await asking { () async throws(TokenError) in try await runtime.metadata(of: issuer) }
        guard !metadata.says("authorization_response_iss_parameter_supported") else {
            throw SignInError(
                .issuerMismatch,
                "the answer does not say which issuer it is from, although this one always does"
            )
        }
    }

    /// Asks for the tokens of a user who agreed, and finds out who it is.
    ///
    /// - Parameters:
    ///   - way: How the user signed in, for the telemetry.
    ///   - scopes: What was asked for: it is granted unless the answer says otherwise (RFC 6749 section 5.1).
    ///   - needsIDToken: Whether one must come where `openid` was asked for.
    ///   - expect: Adds to the rules what the ID token must say.
    func result(
        of request: EndpointRequest,
        _ way: String,
        scopes: [String],
        needsIDToken: Bool = true,
        expecting expect: (inout IDTokenRules) -> Void
    ) async throws(SignInError) -> SignInResult {
        let start = runtime.clock.unixTime()
        let response = try await asking { () async throws(TokenError) in try await runtime.token(for: request) }
        var idToken: IDToken?
        if let text = response.idToken {
            idToken = try await validate(idToken: text, clockOffset: response.clockOffset) { rules in
                expect(&rules)
                rules.accessToken = response.accessToken.value
            }
        } else if needsIDToken, scopes.contains("openid") {
            throw SignInError(IDTokenError(.missing))
        }
        var claims = idToken?.claims ?? UserClaims([:])
        if configuration.loadsUserInfo {
            claims = claims.merging(try await userInfo(response.accessToken, subject: idToken?.subject))
        }
        runtime.record(.signedIn, way)
        return SignInResult(
            claims: claims.aboutTheUser,
            idToken: idToken,
            grantedScopes: response.accessToken.scopes ?? scopes,
            response: response,
            client: self,
            dpopKey: request.dpopKey,
            signedInAt: start
        )
    }
}

/// The `error` of an answer, if it is made of what RFC 6749 section 4.1.2.1 allows.
private struct OAuthErrorCode {
    let text: String

    init?(_ text: String) {
        guard 1...64 ~= text.utf8.count,
            text.utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = text
    }

    var isPassing: Bool { text == "server_error" || text == "temporarily_unavailable" }
}
