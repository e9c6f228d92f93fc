package import CountersignCrypto
package import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// The claims of a DPoP proof, which shows that the sender of a request holds the key of its token (RFC 9449 section 4.2).
package struct DPoPProof: Sendable {
    package var method: HTTP.Method
    /// The URL as it is sent.
    ///
    /// Its query and fragment are not part of `htu`.
    package var url: HTTP.URL
    /// The time for `iat`, since 1 January 1970 UTC.
    package var issuedAt: Duration
    /// The hash of the access token (`ath`), which every request with a token requires and a token request must not have.
    package var tokenHash: String?
    /// The newest nonce of the server, if it has sent one.
    package var nonce: String?

    package init(
        method: HTTP.Method,
        url: HTTP.URL,
        issuedAt: Duration,
        tokenHash: String? = nil,
        nonce: String? = nil
    ) {
        self.method = method
        self.url = url
        self.issuedAt = issuedAt
        self.tokenHash = tokenHash
        self.nonce = nonce
    }

    /// Returns the signed proof, the value of the `DPoP` field, with a new random `jti`.
    package func signed(with key: DPoPKey) throws(CryptoError) -> String {
        var claims = JSONWriter(capacity: 256)
        claims.beginObject()
        claims.field("jti", try JSONWebSignature.newTokenID())
        claims.field("htm", method.rawValue)
        claims.field("htu", url.withoutQuery)
        claims.field("iat", issuedAt.components.seconds)
        if let tokenHash { claims.field("ath", tokenHash) }
        if let nonce { claims.field("nonce", nonce) }
        claims.endObject()
        return try key.sign(claims.bytes)
    }
}
