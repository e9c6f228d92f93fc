/// An authorization code, and what it must be redeemed with (RFC 6749 section 4.1.3).
struct AuthorizationCode: Sendable {
    let grantID: Int
    let clientID: String
    let redirectURI: String
    /// The S256 challenge (RFC 7636).
    let challenge: String?
    /// `dpop_jkt` (RFC 9449 section 10).
    let thumbprint: String?
    let expiresAt: Double
    var isSpent = false
}

extension FakeAuthorizationServer.State {
    /// The grant behind a code that comes with everything it needs.
    ///
    /// A code that comes a second time revokes what the first redemption gave (RFC 6749 section 4.1.2).
    mutating func grant(
        ofCode value: String,
        form: FormParameters,
        clientID: String,
        thumbprint: String?,
        time: Double
    ) throws(OAuthRefusal) -> UserGrant {
        guard let code = codes[value], code.clientID == clientID, let grant = grants[code.grantID] else {
            throw .invalidGrant("the code is not known, or another client's")
        }
        guard !code.isSpent else {
            codeReuseDetections += 1
            revoke(grantID: grant.id)
            throw .invalidGrant("the code was redeemed before")
        }
        guard code.expiresAt > time else { throw .invalidGrant("the code has expired") }
        guard !grant.isRevoked else { throw .invalidGrant("the grant was revoked") }
        guard form["redirect_uri"] == code.redirectURI else {
            throw .invalidGrant("redirect_uri is not that of the authorization request")
        }
        switch (code.challenge, form["code_verifier"]) {
        case (nil, nil): break
        case (nil, .some): throw .invalidGrant("code_verifier stands without a challenge")
        case (.some, nil): throw .invalidGrant("code_verifier is missing")
        case (.some(let challenge), .some(let verifier)):
            guard CodeVerifier.isWellFormed(verifier), CodeVerifier.challenge(of: verifier) == challenge else {
                throw .invalidGrant("code_verifier does not belong to the challenge")
            }
        }
        if let expected = code.thumbprint, expected != thumbprint {
            throw .invalidGrant("the proof is not by the key of dpop_jkt")
        }
        return grant
    }
}
