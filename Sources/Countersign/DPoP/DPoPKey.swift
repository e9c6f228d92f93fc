public import CountersignCrypto
package import CountersignHTTP
import CountersignJSON

/// The algorithm of a DPoP key, by its JOSE name.
public enum DPoPAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA over P-256: what every server that does DPoP understands.
    case es256 = "ES256"
    /// Ed25519.
    case edDSA = "EdDSA"

    package var signature: SignatureAlgorithm {
        switch self {
        case .es256: .es256
        case .edDSA: .edDSA
        }
    }
}

/// A private key that access tokens are bound to (RFC 9449): every use of the token is signed with it.
///
/// It never prints or encodes itself. A runtime makes one for each algorithm when it first needs it; bring your own to
/// share tokens between machines.
///
/// ```swift
/// let key = try DPoPKey(SigningKey(pem: pem))
/// let credentials = ClientCredentials.secret(id: "worker", .environment("CATALOG_SECRET")).dpopKey(key)
/// ```
public final class DPoPKey: Sendable {
    public let algorithm: DPoPAlgorithm
    /// The thumbprint of the public key (RFC 7638, SHA-256, base64url): the `jkt` of a bound token.
    public let thumbprint: String
    private let key: SigningKey
    /// The header of every proof, in base64url.
    private let header: [UInt8]

    /// A key that signs with ES256 or EdDSA.
    ///
    /// - Throws: `CryptoError` when the key is for another algorithm.
    public init(_ key: SigningKey) throws(CryptoError) {
        guard let algorithm = DPoPAlgorithm(rawValue: key.algorithm.rawValue) else {
            throw CryptoError(
                .algorithmMismatch,
                "a DPoP key signs with ES256 or EdDSA, not with \(key.algorithm.rawValue)"
            )
        }
        let jwk = JSONWebKey(key.publicKey)
        self.key = key
        self.algorithm = algorithm
        thumbprint = jwk.thumbprint
        header = JSONWebSignature.Header(type: "dpop+jwt", key: jwk).encoded(algorithm: key.algorithm)
    }

    /// A new key.
    public static func generate(_ algorithm: DPoPAlgorithm = .es256) throws(CryptoError) -> DPoPKey {
        try DPoPKey(SigningKey.generate(algorithm.signature))
    }

    /// A proof that this request is made by the holder of the key (RFC 9449 section 4.2).
    ///
    /// - Parameters:
    ///   - url: The URL as it goes over the wire; query and fragment are no part of `htu`.
    ///   - unixTime: The time to put into `iat`.
    ///   - tokenHash: The `ath`: there with every access token, and only then.
    ///   - nonce: The newest nonce of the server, if it has given one.
    package func proof(
        method: HTTP.Method,
        url: HTTP.URL,
        unixTime: Duration,
        tokenHash: String?,
        nonce: String?
    ) throws(CryptoError) -> String {
        var claims = JSONWriter(capacity: 256)
        claims.beginObject()
        claims.field("jti", try Self.identifier())
        claims.field("htm", method.rawValue)
        claims.field("htu", url.withoutQuery)
        claims.field("iat", unixTime.components.seconds)
        if let tokenHash { claims.field("ath", tokenHash) }
        if let nonce { claims.field("nonce", nonce) }
        claims.endObject()

        var proof: [UInt8] = []
        proof.reserveCapacity(header.count + Base64URL.encodedCount(claims.bytes.count) + 96)
        proof.append(contentsOf: header)
        proof.append(UInt8(ascii: "."))
        Base64URL.append(claims.bytes, to: &proof)
        try JSONWebSignature.complete(&proof, with: key)
        return String(decoding: proof, as: UTF8.self)
    }

    /// 128 random bits, for a `jti`.
    static func identifier() throws(CryptoError) -> String {
        Base64URL.encode(try SecureRandom.bytes(16))
    }
}

extension DPoPKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "DPoPKey(\(thumbprint), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["thumbprint": thumbprint]) }
}
