package import CountersignCrypto
import CountersignJSON

extension JSONWebSignature {
    /// What a header says beside the algorithm, which is always the key's.
    package struct Header: Sendable {
        /// `typ`, such as `dpop+jwt` or `JWT`.
        package var type: String?
        /// `kid`.
        package var keyID: String?
        /// `jwk`: the public key, where the receiver does not know it yet (RFC 9449 section 4.2).
        package var key: JSONWebKey?

        package init(type: String? = nil, keyID: String? = nil, key: JSONWebKey? = nil) {
            self.type = type
            self.keyID = keyID
            self.key = key
        }

        /// The header in base64url, the first part of a compact text.
        ///
        /// It is the same for every signature of a key, so it is worth keeping.
        package func encoded(algorithm: SignatureAlgorithm) -> [UInt8] {
            encoded(algorithmName: algorithm.rawValue)
        }

        fileprivate func encoded(algorithmName: String) -> [UInt8] {
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

    /// Signs `payload` and returns the compact text.
    ///
    /// - Throws: ``CryptoError/Reason/libraryFailure`` if OpenSSL fails.
    package static func sign(
        _ header: Header,
        payload: [UInt8],
        key: SigningKey
    ) throws(CryptoError) -> String {
        var text = signingInput(header.encoded(algorithm: key.algorithm), payload)
        try complete(&text, with: key)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the dot and the signature to `text`, which is a header and a payload in base64url with the dot.
    ///
    /// - Throws: ``CryptoError/Reason/libraryFailure`` if OpenSSL fails; `text` is then as it was.
    package static func complete(_ text: inout [UInt8], with key: SigningKey) throws(CryptoError) {
        let signature = try key.sign(text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(signature, to: &text)
    }

    /// Signs `payload` with a shared secret (HS256), for client authentication by `client_secret_jwt`.
    ///
    /// There is deliberately no way to verify one: a public key must never be taken for a secret.
    package static func signHS256(_ header: Header, payload: [UInt8], secret: [UInt8]) -> String {
        var text = signingInput(header.encoded(algorithmName: "HS256"), payload)
        let code = HMAC.sha256(key: secret, message: text)
        text.append(UInt8(ascii: "."))
        Base64URL.append(code, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static func signingInput(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
        var text = header
        text.reserveCapacity(header.count + Base64URL.encodedCount(payload.count) + 700)
        text.append(UInt8(ascii: "."))
        Base64URL.append(payload, to: &text)
        return text
    }
}
