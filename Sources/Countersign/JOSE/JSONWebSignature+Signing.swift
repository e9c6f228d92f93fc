package import CountersignCrypto
@_spi(Generated) import CountersignJSON

extension JSONWebSignature {
    /// The members of a header, except for `alg`, which is always the algorithm of the key.
    package struct Header: Sendable {
        /// The type (`typ`), such as `dpop+jwt` or `JWT`.
        package var type: String?
        /// The identifier of the key (`kid`).
        package var keyID: String?
        /// The public key (`jwk`), for a receiver that does not know it (RFC 9449 section 4.2).
        package var key: JSONWebKey?

        package init(type: String? = nil, keyID: String? = nil, key: JSONWebKey? = nil) {
            self.type = type
            self.keyID = keyID
            self.key = key
        }

        /// Returns the header in base64url, the first part of the compact form.
        ///
        /// It is the same for every signature with the same key, so it can be cached.
        package func encoded(algorithm: SignatureAlgorithm) -> [UInt8] {
            encoded(algorithmName: algorithm.rawValue)
        }

        func encoded(algorithmName: String) -> [UInt8] {
            var json = JSONWriter(capacity: 512)
            json.beginObject()
            json.field("typ", type)
            json.field("alg", algorithmName)
            json.field("kid", keyID)
            json.field("jwk", key)
            json.endObject()
            var text: [UInt8] = []
            Base64URL.append(json.bytes, to: &text)
            return text
        }
    }

    /// Signs a payload and returns the compact form.
    ///
    /// - Parameter algorithmName: The `alg` of the header, if it is not the usual name of the key's algorithm.
    /// - Throws: `CryptoError` of kind `libraryFailure` if the cryptographic library fails.
    package static func sign(
        _ header: Header,
        payload: [UInt8],
        key: SigningKey,
        algorithmName: String? = nil
    ) throws(CryptoError) -> String {
        var text = signingInput(header.encoded(algorithmName: algorithmName ?? key.algorithm.rawValue), payload)
        try complete(&text, with: key)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a dot and the signature to `text`, which consists of header and payload in base64url with a dot.
    ///
    /// - Throws: `CryptoError` of kind `libraryFailure` if the cryptographic library fails; `text` is then unchanged.
    package static func complete(_ text: inout [UInt8], with key: SigningKey) throws(CryptoError) {
        let signature = try key.sign(text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &text)
    }

    /// Signs a payload with a shared secret (HS256), for client authentication by `client_secret_jwt`.
    ///
    /// There is no way to verify such a signature, so that a public key can never be used as a shared secret.
    package static func signHS256(_ header: Header, payload: [UInt8], secret: [UInt8]) -> String {
        var text = signingInput(header.encoded(algorithmName: "HS256"), payload)
        let code = HMAC.sha256(key: secret, message: text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(code, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Returns 128 random bits for the claim `jti`.
    package static func newTokenID() throws(CryptoError) -> String {
        Base64URL.encode(try SecureRandom.bytes(16))
    }

    private static func signingInput(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        var text = header
        text.reserveCapacity(header.count + Base64URL.encodedCount(payload.count) + 700)
        text.append(UInt8(ascii: "."))
        Base64URL.append(payload, to: &text)
        return text
    }
}
