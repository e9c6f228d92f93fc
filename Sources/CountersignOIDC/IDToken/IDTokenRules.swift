import Countersign
import CountersignCrypto

/// What the claims of an ID token must say (OpenID Connect Core section 3.1.3.7).
///
/// A value without clock and network: what is compared with what stands here.
struct IDTokenRules: Redacted {
    let issuer: String
    let clientID: String
    /// Since 1 January 1970 UTC.
    var now: Duration
    /// The nonce of the request; nil when there was none.
    var nonce: String?
    /// How long ago the user may have authenticated; nil when the request did not say.
    var maxAge: Duration?
    /// The contexts of which one is essential; empty when none is.
    var essentialACR: [String] = []
    /// The access token that came along; nil when none did.
    var accessToken: String?

    /// How far two clocks may be apart.
    ///
    /// Machines that keep time differ by milliseconds; a minute allows for those that do not, and is no longer than the
    /// proofs and assertions are good for that the same machines exchange.
    static let leeway = Duration.seconds(60)

    /// The ID token that these claims are.
    func idToken(_ claims: ClaimsReader, from token: SignedToken) throws(IDTokenError) -> IDToken {
        try checkIssuer(claims)
        let audience = try checkedAudience(claims)
        let (expiresAt, issuedAt) = try checkTimes(claims)
        let subject = try claims.requiredText("sub")
        guard 1...255 ~= subject.utf8.count else { throw IDTokenError(.wrongSubject, "sub") }
        if let nonce {
            let found = try claims.requiredText("nonce")
            guard constantTimeEqual(Array(found.utf8), Array(nonce.utf8)) else {
                throw IDTokenError(.wrongNonce, "nonce")
            }
        }
        let authenticatedAt = try checkAuthentication(claims)
        try checkAccessToken(claims, token.algorithm)
        return IDToken(
            issuer: issuer,
            subject: subject,
            audience: audience,
            expiresAt: expiresAt,
            issuedAt: issuedAt,
            authenticatedAt: authenticatedAt,
            nonce: try claims.text("nonce"),
            authenticationContext: try claims.text("acr"),
            authenticationMethods: try claims.texts("amr") ?? [],
            sessionID: try claims.text("sid"),
            claims: try claims.all(),
            text: token.text
        )
    }

    func checkIssuer(_ claims: ClaimsReader) throws(IDTokenError) {
        // Byte by byte: two issuers may differ in what Unicode calls the same.
        guard try claims.requiredText("iss").utf8.elementsEqual(issuer.utf8) else {
            throw IDTokenError(.wrongIssuer, "iss")
        }
    }

    /// The audience, which must name this client, and others only when `azp` says whose the token is.
    func checkedAudience(_ claims: ClaimsReader) throws(IDTokenError) -> [String] {
        guard let node = claims["aud"] else { throw IDTokenError(.missingClaim, "aud") }
        let audience = if let one = node.string { [one] } else { try claims.texts("aud") ?? [] }
        guard audience.contains(where: isThisClient) else { throw IDTokenError(.wrongAudience, "aud") }
        let party = try claims.text("azp")
        if let party, !isThisClient(party) { throw IDTokenError(.wrongAuthorizedParty, "azp") }
        guard party != nil || audience.allSatisfy(isThisClient) else { throw IDTokenError(.foreignAudience, "aud") }
        return audience
    }

    private func isThisClient(_ id: String) -> Bool { id.utf8.elementsEqual(clientID.utf8) }

    func checkTimes(_ claims: ClaimsReader) throws(IDTokenError) -> (expiresAt: Duration, issuedAt: Duration) {
        let expiresAt = try claims.requiredDate("exp")
        guard now < expiresAt + Self.leeway else { throw IDTokenError(.expired, "exp", off: now - expiresAt) }
        let issuedAt = try claims.requiredDate("iat")
        guard issuedAt <= now + Self.leeway else {
            throw IDTokenError(.issuedInTheFuture, "iat", off: issuedAt - now)
        }
        if let start = try claims.date("nbf"), start > now + Self.leeway {
            throw IDTokenError(.notYetValid, "nbf", off: start - now)
        }
        return (expiresAt, issuedAt)
    }

    private func checkAuthentication(_ claims: ClaimsReader) throws(IDTokenError) -> Duration? {
        if !essentialACR.isEmpty, !essentialACR.contains(try claims.requiredText("acr")) {
            throw IDTokenError(.wrongAuthenticationContext, "acr")
        }
        guard let authenticatedAt = try claims.date("auth_time") else {
            if maxAge != nil { throw IDTokenError(.missingClaim, "auth_time") }
            return nil
        }
        guard authenticatedAt <= now + Self.leeway else {
            throw IDTokenError(.wrongAuthenticationTime, "auth_time", off: authenticatedAt - now)
        }
        if let maxAge, now - authenticatedAt > maxAge + Self.leeway {
            throw IDTokenError(.authenticationTooOld, "auth_time")
        }
        return authenticatedAt
    }

    /// `at_hash`: the left half of the access token's digest, by the hash of the signature's algorithm.
    private func checkAccessToken(_ claims: ClaimsReader, _ algorithm: SignatureAlgorithm) throws(IDTokenError) {
        guard let hash = try claims.text("at_hash"), let accessToken else { return }
        let bytes = Array(accessToken.utf8)
        let digest =
            switch algorithm {
            case .es256, .rs256, .ps256: SHA2.sha256(bytes)
            case .es384: SHA2.sha384(bytes)
            // Ed25519 hashes with SHA-512 itself (RFC 8032 section 5.1).
            case .es512, .edDSA: SHA2.sha512(bytes)
            }
        guard Base64URL.encode(Array(digest.prefix(digest.count / 2))) == hash else {
            throw IDTokenError(.wrongAccessTokenHash, "at_hash")
        }
    }
}
