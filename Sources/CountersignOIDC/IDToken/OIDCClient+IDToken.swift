public import Countersign
import CountersignCrypto
import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension OIDCClient {
    /// Validates an ID token that was not issued by ``complete(_:callback:)`` (OpenID Connect Core section 3.1.3.7).
    ///
    /// - Parameters:
    ///   - idToken: The token in compact form.
    ///   - nonce: The nonce of the request; nil if it had none.
    ///   - accessToken: The access token that was issued with the ID token, to check `at_hash`.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/invalidIDToken``, or of another kind if the issuer's keys are
    ///   unavailable.
    public func validate(
        idToken: String,
        nonce: String? = nil,
        accessToken: AccessToken? = nil
    ) async throws(SignInError) -> IDToken {
        try await validate(idToken: idToken) { validator in
            validator.nonce = nonce
            validator.accessToken = accessToken?.value
        }
    }

    /// Validates an ID token.
    ///
    /// - Parameters:
    ///   - clockOffset: The server's clock minus ours, according to the response that contained the token.
    ///   - configure: Adds the expectations for this token to the validator.
    func validate(
        idToken: String,
        clockOffset: Duration = .zero,
        expecting configure: (inout IDTokenValidator) -> Void
    ) async throws(SignInError) -> IDToken {
        var validator = try validator()
        configure(&validator)
        let (token, claims) = try await verify(idToken, for: &validator, types: ["jwt"], errorKind: .invalidIDToken)
        do throws(IDTokenError) {
            return try validator.validate(claims, of: token)
        } catch {
            // Either clock can be wrong: ours, or the one that set the `Date` field, which can be a proxy's. A token that
            // is valid by one of the two is accepted.
            guard clockOffset != .zero, error.dependsOnClock else { throw SignInError(error) }
        }
        validator.now = validator.now.adding(clockOffset)
        do throws(IDTokenError) {
            return try validator.validate(claims, of: token)
        } catch {
            throw SignInError(error)
        }
    }

    /// Validates the ID token of a refresh response (OpenID Connect Core section 12.2).
    ///
    /// - Parameters:
    ///   - idToken: The new token.
    ///   - original: The previous token, from the sign-in or the last refresh.
    ///   - clockOffset: The server's clock minus ours, according to the refresh response.
    package func refreshed(
        _ idToken: String,
        after original: IDToken,
        clockOffset: Duration = .zero
    ) async throws(SignInError) -> IDToken {
        let new = try await validate(idToken: idToken, clockOffset: clockOffset) { _ in }
        do throws(IDTokenError) {
            guard new.issuer.utf8.elementsEqual(original.issuer.utf8) else { throw IDTokenError(.wrongIssuer, "iss") }
            guard new.subject.utf8.elementsEqual(original.subject.utf8) else {
                throw IDTokenError(.wrongSubject, "sub")
            }
            guard Set(new.audience.map(ByteKey.init)) == Set(original.audience.map(ByteKey.init)) else {
                throw IDTokenError(.wrongAudience, "aud")
            }
            guard new.authorizedParty.map(ByteKey.init) == original.authorizedParty.map(ByteKey.init) else {
                throw IDTokenError(.wrongAuthorizedParty, "azp")
            }
            if let time = new.authenticatedAt, let originalTime = original.authenticatedAt, time != originalTime {
                throw IDTokenError(.wrongAuthenticationTime, "auth_time")
            }
            // The clocks of the server's own machines can differ as much as ours and theirs.
            guard new.issuedAt.adding(IDTokenValidator.leeway) >= original.issuedAt else {
                throw IDTokenError(.replayed, "iat")
            }
            guard new.nonce == nil || new.nonce == original.nonce else { throw IDTokenError(.wrongNonce, "nonce") }
        } catch {
            throw SignInError(error)
        }
        return new
    }

    /// Returns a validator with the expectations that hold for every token of this client.
    func validator() throws(SignInError) -> IDTokenValidator {
        do {
            return IDTokenValidator(
                issuer: try issuer(),
                clientID: try clientID(),
                now: runtime.clock.date()
            )
        } catch {
            throw SignInError(error)
        }
    }

    /// Verifies the signature of a token with the issuer's keys.
    ///
    /// If the issuer's cached keys do not contain the token's key, they are fetched again: the issuer may have rotated
    /// them.
    ///
    /// - Parameters:
    ///   - validator: Receives the issuers that the metadata names.
    ///   - errorKind: The kind of the error if the token is rejected.
    /// - Returns: The token and its claims, which are not validated yet.
    func verify(
        _ text: String,
        for validator: inout IDTokenValidator,
        types: Set<String>,
        errorKind: SignInError.Kind
    ) async throws(SignInError) -> (token: SignedToken, claims: ClaimsReader) {
        let token: SignedToken
        do {
            token = try SignedToken(parsing: text, types: types, allowing: configuration.idTokenAlgorithms)
        } catch {
            throw SignInError(error, errorKind)
        }
        let metadata = try await mappingTokenErrors { () async throws(TokenError) in
            try await serverMetadata()
        }
        var algorithms = configuration.idTokenAlgorithms
        if let supported = metadata.list("id_token_signing_alg_values_supported") {
            algorithms = algorithms.filter { $0.name(in: supported) != nil }
        }
        // Checked before keys are fetched: anyone can send a token, and must not be able to cause requests with it.
        do {
            try token.checkAlgorithm(algorithms)
        } catch {
            throw SignInError(error, errorKind)
        }
        var isSecondAttempt = false
        while true {
            let keys = try await mappingTokenErrors { () async throws(TokenError) in
                try await runtime.keys(of: metadata, isKeyUnknown: isSecondAttempt)
            }
            do throws(IDTokenError) {
                let (claims, key) = try token.claims(verifiedBy: keys, allowing: algorithms)
                if let template = metadata.template, let pattern = configuration.issuerPattern {
                    validator.tenants = .init(template: template, claim: pattern.tenantClaim, keyIssuer: key.issuer)
                }
                return (token, claims)
            } catch {
                guard error.kind == .unknownKey, !isSecondAttempt else { throw SignInError(error, errorKind) }
                isSecondAttempt = true
            }
        }
    }
}
