public import Countersign
import CountersignCrypto

extension OIDCClient {
    /// Validates an ID token that came otherwise than through ``complete(_:callback:)`` (OpenID Connect Core section
    /// 3.1.3.7).
    ///
    /// - Parameters:
    ///   - idToken: The token.
    ///   - nonce: The nonce of the request that it answers; nil where there was none.
    ///   - accessToken: The access token that came along, for `at_hash`.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/idToken``, or of another when the issuer's keys cannot be had.
    public func validate(
        idToken: String,
        nonce: String? = nil,
        accessToken: AccessToken? = nil
    ) async throws(SignInError) -> IDToken {
        try await validate(idToken: idToken) { rules in
            rules.nonce = nonce
            rules.accessToken = accessToken?.value
        }
    }

    /// Validates an ID token.
    ///
    /// - Parameters:
    ///   - clockOffset: How far the issuer's clock is ahead of ours, as far as whatever brought the token has said so.
    ///   - expect: Adds to the rules what this one token must say.
    func validate(
        idToken: String,
        clockOffset: Duration = .zero,
        expecting expect: (inout IDTokenRules) -> Void
    ) async throws(SignInError) -> IDToken {
        var rules = try rules()
        expect(&rules)
        let (token, claims) = try await verified(idToken, types: ["jwt"], orThrowing: .idToken)
        do throws(IDTokenError) {
            return try rules.idToken(claims, from: token)
        } catch {
            // One of the two clocks is wrong, and a proxy may have written the `Date`: either may vouch for the token.
            guard clockOffset != .zero, error.isAboutTime else { throw SignInError(error) }
        }
        rules.now += clockOffset
        do throws(IDTokenError) {
            return try rules.idToken(claims, from: token)
        } catch {
            throw SignInError(error)
        }
    }

    /// Validates the ID token that came with a refresh (OpenID Connect Core section 12.2).
    ///
    /// - Parameters:
    ///   - idToken: The new token.
    ///   - original: The one from the sign-in, or from the refresh before.
    ///   - clockOffset: How far the issuer's clock is ahead of ours, as far as the refresh has said so.
    package func refreshed(
        _ idToken: String,
        after original: IDToken,
        clockOffset: Duration = .zero
    ) async throws(SignInError) -> IDToken {
        let new = try await validate(idToken: idToken, clockOffset: clockOffset) { _ in }
        do throws(IDTokenError) {
            guard new.issuer == original.issuer else { throw IDTokenError(.wrongIssuer, "iss") }
            guard new.subject.utf8.elementsEqual(original.subject.utf8) else {
                throw IDTokenError(.wrongSubject, "sub")
            }
            guard Set(new.audience) == Set(original.audience) else { throw IDTokenError(.wrongAudience, "aud") }
            guard new.authorizedParty == original.authorizedParty else {
                throw IDTokenError(.wrongAuthorizedParty, "azp")
            }
            guard new.authenticatedAt == nil || new.authenticatedAt == original.authenticatedAt else {
                throw IDTokenError(.wrongAuthenticationTime, "auth_time")
            }
            // The server's machines may differ by as much as ours and theirs.
            guard new.issuedAt + IDTokenRules.leeway >= original.issuedAt else { throw IDTokenError(.replayed, "iat") }
            guard new.nonce == nil || new.nonce == original.nonce else { throw IDTokenError(.wrongNonce, "nonce") }
        } catch {
            throw SignInError(error)
        }
        return new
    }

    /// The rules for every token of this client.
    func rules() throws(SignInError) -> IDTokenRules {
        do {
            return IDTokenRules(issuer: try issuer(), clientID: try clientID(), now: runtime.clock.unixTime())
        } catch {
            throw SignInError(error)
        }
    }

    /// The token and its claims, the signature being one of the issuer's.
    ///
    /// The issuer's keys are fetched again for a name that they do not have: it may have changed them.
    ///
    /// - Parameter kind: What the error is called when the token is to blame.
    func verified(
        _ text: String,
        types: Set<String>,
        orThrowing kind: SignInError.Kind
    ) async throws(SignInError) -> (token: SignedToken, claims: ClaimsReader) {
        let token: SignedToken
        do {
            token = try SignedToken(parsing: text, types: types)
        } catch {
            throw SignInError(error, kind)
        }
        let metadata = try await asking { () async throws(TokenError) in
            try await runtime.metadata(of: issuer())
        }
        var algorithms = configuration.idTokenAlgorithms
        if let offered = metadata.list("id_token_signing_alg_values_supported") {
            algorithms = algorithms.filter { offered.contains($0.rawValue) }
        }
        // Before any key is fetched: a stranger's token is worth no request.
        guard algorithms.contains(token.algorithm) else {
            throw SignInError(IDTokenError(.algorithmNotAllowed, "alg"), kind)
        }
        var isSecondTry = false
        while true {
            let keys = try await asking { () async throws(TokenError) in
                try await runtime.keys(of: metadata.issuer, isKeyUnknown: isSecondTry)
            }
            do throws(IDTokenError) {
                return (token, try token.claims(signedBy: keys, allowing: algorithms))
            } catch {
                guard error.kind == .unknownKey, !isSecondTry else { throw SignInError(error, kind) }
                isSecondTry = true
            }
        }
    }
}
