import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The validation of the claims of an ID token (OpenID Connect Core section 3.1.3.7).
///
/// The validator is a pure value: it uses no clock and no network. The signature is verified before, by ``SignedToken``.
struct IDTokenValidator: Redacted {
    let issuer: String
    /// The issuers of a multi-tenant server; nil for ``issuer`` only.
    var tenants: Tenants?
    /// The issuer of a tenant that the callback of the sign-in named (RFC 9207); nil if it named none.
    var callbackIssuer: String?
    let clientID: String
    /// The current time.
    var now: Date
    /// The nonce of the request; nil if it had none.
    var nonce: String?
    /// The maximum time since the user authenticated; nil for any.
    var maxAge: Duration?
    /// The authentication contexts of which the token must have one; empty for any.
    var requiredACRValues: [String] = []
    /// The access token that was issued with the ID token; nil if there was none.
    var accessToken: String?
    /// The lifetime of a token without `exp`, counted from `iat`; nil if `exp` is required.
    var lifetimeWithoutExpiry: Duration?

    /// The issuers of a multi-tenant server.
    struct Tenants {
        let template: IssuerTemplate
        /// The claim that names the tenant.
        let claim: String
        /// The issuer that the signing key belongs to; nil or the pattern itself for a key of all tenants.
        let keyIssuer: String?

        /// Returns true if the signing key may sign tokens of an issuer.
        func hasKey(of issuer: String) -> Bool {
            guard let keyIssuer else { return true }
            return keyIssuer.utf8.elementsEqual(issuer.utf8) || keyIssuer.utf8.elementsEqual(template.text.utf8)
        }
    }

    /// The accepted difference between two clocks.
    ///
    /// The clocks of synchronized machines differ by milliseconds. A minute tolerates machines that are not synchronized,
    /// and is no longer than the lifetime of proofs and assertions.
    static let leeway = Duration.seconds(60)

    /// Validates the claims of a token and returns them as an ID token.
    ///
    /// Claims that neither protect the token nor were requested are not validated, whatever their type (P64).
    func validate(_ claims: ClaimsReader, of token: SignedToken) throws(IDTokenError) -> IDToken {
        let issuer = try validatedIssuer(claims)
        let audience = try validatedAudience(claims)
        let (expiresAt, issuedAt) = try validatedTimes(claims)
        let subject = try claims.requiredString("sub")
        guard 1...255 ~= subject.utf8.count else { throw IDTokenError(.wrongSubject, "sub") }
        if let nonce {
            let received = try claims.requiredString("nonce")
            guard constantTimeEqual(Array(received.utf8), Array(nonce.utf8)) else {
                throw IDTokenError(.wrongNonce, "nonce")
            }
        }
        let authenticatedAt = try validatedAuthenticationTime(claims)
        try checkAccessTokenHash(claims, token.algorithm)
        return IDToken(
            issuer: issuer,
            subject: subject,
            audience: audience,
            expiresAt: expiresAt,
            issuedAt: issuedAt,
            authenticatedAt: authenticatedAt,
            nonce: claims.text("nonce"),
            authenticationContext: claims.text("acr"),
            authenticationMethods: claims.texts("amr"),
            sessionID: claims.text("sid"),
            claims: try claims.all(),
            text: token.text
        )
    }

    /// Returns the issuer of a token, which must be this validator's, or match the pattern of a multi-tenant server.
    func validatedIssuer(_ claims: ClaimsReader) throws(IDTokenError) -> String {
        // Issuers are compared as bytes: Swift's == calls texts equal that differ on the wire.
        let named = try claims.requiredString("iss")
        if let tenants {
            guard let tenant = tenants.template.tenant(of: named) else { throw IDTokenError(.wrongIssuer, "iss") }
            guard try claims.requiredString(tenants.claim).utf8.elementsEqual(tenant.utf8) else {
                throw IDTokenError(.wrongIssuer, tenants.claim)
            }
            guard tenants.hasKey(of: named) else { throw IDTokenError(.wrongIssuer, "iss") }
        } else {
            guard named.utf8.elementsEqual(issuer.utf8) else { throw IDTokenError(.wrongIssuer, "iss") }
        }
        if let callbackIssuer, !named.utf8.elementsEqual(callbackIssuer.utf8) {
            throw IDTokenError(.wrongIssuer, "iss")
        }
        return named
    }

    /// Returns the audience, which must contain this client, and other clients only if `azp` names this one.
    func validatedAudience(_ claims: ClaimsReader) throws(IDTokenError) -> [String] {
        guard let node = claims["aud"] else { throw IDTokenError(.missingClaim, "aud") }
        let audience = if let one = node.string { [one] } else { try claims.strings("aud") ?? [] }
        guard audience.contains(where: isThisClient) else { throw IDTokenError(.wrongAudience, "aud") }
        // P64: `azp` is needed only with several audiences. Otherwise one that names nobody does no harm.
        let isForThisClientOnly = audience.allSatisfy(isThisClient)
        let party = isForThisClientOnly ? claims.text("azp") : try claims.string("azp")
        if let party, !isThisClient(party), !(isForThisClientOnly && party.isEmpty) {
            throw IDTokenError(.wrongAuthorizedParty, "azp")
        }
        guard party != nil || isForThisClientOnly else { throw IDTokenError(.untrustedAudience, "aud") }
        return audience
    }

    private func isThisClient(_ id: String) -> Bool { id.utf8.elementsEqual(clientID.utf8) }

    func validatedTimes(_ claims: ClaimsReader) throws(IDTokenError) -> (expiresAt: Date, issuedAt: Date) {
        let latest = now.adding(Self.leeway)
        let issuedAt = try claims.requiredDate("iat")
        let expiresAt = try expiry(claims, issuedAt: issuedAt)
        guard now < expiresAt.adding(Self.leeway) else {
            throw IDTokenError(.expired, "exp", timeDifference: now.duration(since: expiresAt))
        }
        guard issuedAt <= latest else {
            throw IDTokenError(.issuedInTheFuture, "iat", timeDifference: issuedAt.duration(since: now))
        }
        if let start = claims.time("nbf"), start > latest {
            throw IDTokenError(.notYetValid, "nbf", timeDifference: start.duration(since: now))
        }
        return (expiresAt, issuedAt)
    }

    private func expiry(_ claims: ClaimsReader, issuedAt: Date) throws(IDTokenError) -> Date {
        if claims["exp"] == nil, let lifetimeWithoutExpiry {
            return issuedAt.adding(max(.zero, min(lifetimeWithoutExpiry, .seconds(86_400))))
        }
        return try claims.requiredDate("exp")
    }

    private func validatedAuthenticationTime(_ claims: ClaimsReader) throws(IDTokenError) -> Date? {
        if !requiredACRValues.isEmpty {
            let context = try claims.requiredString("acr")
            guard requiredACRValues.contains(where: { $0.utf8.elementsEqual(context.utf8) }) else {
                throw IDTokenError(.wrongAuthenticationContext, "acr")
            }
        }
        // P64: only a request with `max_age` requires the time.
        let time = maxAge == nil ? claims.time("auth_time") : try claims.requiredDate("auth_time")
        guard let authenticatedAt = time else { return nil }
        let age = now.duration(since: authenticatedAt)
        guard age >= .zero - Self.leeway else {
            throw IDTokenError(.wrongAuthenticationTime, "auth_time", timeDifference: .zero - age)
        }
        if let maxAge, age > maxAge + Self.leeway {
            throw IDTokenError(.authenticationTooOld, "auth_time")
        }
        return authenticatedAt
    }

    /// Checks `at_hash`: the left half of the access token's digest, with the hash function of the signature algorithm.
    private func checkAccessTokenHash(
        _ claims: ClaimsReader,
        _ algorithm: SignatureAlgorithm
    ) throws(IDTokenError) {
        guard let hash = try claims.string("at_hash"), let accessToken else { return }
        let bytes = Array(accessToken.utf8)
        let digest =
            switch algorithm {
            case .es256, .rs256, .ps256: SHA2.sha256(bytes)
            case .es384: SHA2.sha384(bytes)
            // Ed25519 itself uses SHA-512 (RFC 8032 section 5.1).
            case .es512, .edDSA: SHA2.sha512(bytes)
            }
        guard Base64URL.encode(Array(digest.prefix(digest.count / 2))).utf8.elementsEqual(hash.utf8) else {
            throw IDTokenError(.wrongAccessTokenHash, "at_hash")
        }
    }
}
