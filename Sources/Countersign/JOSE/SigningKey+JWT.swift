public import CountersignCrypto
@_spi(Generated) public import CountersignJSON

extension SigningKey {
    /// Signs claims as a JSON Web Token in its compact form (RFC 7519).
    ///
    /// ```swift
    /// let now = Int64(Date.now.timeIntervalSince1970)
    /// let assertion = try key.signedJWT(["iss": "1234", "iat": .int(now), "exp": .int(now + 300)])
    /// ```
    ///
    /// - Parameters:
    ///   - claims: The claims. None is added.
    ///   - keyID: The `kid` of the header; nil for a header without it.
    /// - Throws: `CryptoError` of kind `libraryFailure` if the cryptographic library fails.
    public func signedJWT(_ claims: [String: JSONValue], keyID: String? = nil) throws(CryptoError) -> String {
        var json = JSONWriter()
        JSONValue.object(claims).encode(to: &json)
        return try JSONWebSignature.sign(.init(type: "JWT", keyID: keyID), payload: json.bytes, key: self)
    }
}
