/// An authorization code, with the data to validate its redemption (RFC 6749 section 4.1.3).
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
    /// Validates the redemption of a code and returns the code's grant.
    ///
    /// A second redemption revokes the tokens of the first (RFC 6749 section 4.1.2).
    mutating func grant(
        ofCode value: String,
        form: FormParameters,
        clientID: String,
        thumbprint: String?,
        time: Double
    ) throws(OAuthErrorResponse) -> UserGrant {
        guard let code = codes[value], code.clientID == clientID, let grant = grants[code.grantID] else {
            throw .invalidGrant("the code is unknown, or belongs to another client")
        }
        guard !code.isSpent else {
            codeReuseDetections += 1
            revoke(grantID: grant.id)
            throw .invalidGrant("the code was already redeemed")
        }
        guard code.expiresAt > time else { throw .invalidGrant("the code expired") }
        guard !grant.isRevoked else { throw .invalidGrant("the grant was revoked") }
        guard form["redirect_uri"] == code.redirectURI else {
            throw .invalidGrant("redirect_uri differs from the authorization request")
        }
        switch (code.challenge, form["code_verifier"]) {
        case (nil, nil): break
        case (nil, .some): throw .invalidGrant("code_verifier is present, but the request had no code_challenge")
        case (.some, nil): throw .invalidGrant("code_verifier is missing")
        case (.some(let challenge), .some(let verifier)):
            guard CodeVerifier.isWellFormed(verifier), CodeVerifier.challenge(of: verifier) == challenge else {
                throw .invalidGrant("code_verifier does not match code_challenge")
            }
        }
        if let expected = code.thumbprint, expected != thumbprint {
            throw .invalidGrant("dpop_jkt is not the key of the proof")
        }
        return grant
    }
}
