public import CountersignCrypto
public import CountersignJSON

/// A public key for signatures in the form of a JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037).
///
/// It never holds a private key: make a `SigningKey` from a private one, and a `JSONWebKey` from
/// its public half where others must know it.
///
/// ```swift
/// let key = try SigningKey.generate(.es256)
/// let published = JSONWebKey(key.publicKey, keyID: "2026-01")
/// print(published.json)
/// ```
public struct JSONWebKey: Sendable, Hashable {
    /// The key itself.
    public let key: VerificationKey

    /// The name of the key (`kid`), by which a signature's header chooses it from a set.
    public let keyID: String?

    /// The one algorithm the key is meant for (`alg`); `nil` if it says nothing.
    public let algorithm: SignatureAlgorithm?

    /// Dresses a public key as a JSON Web Key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - keyID: Its name, if it has one.
    ///   - algorithm: What to say in `alg`; an algorithm the key cannot be used with is left out.
    public init(_ key: VerificationKey, keyID: String? = nil, algorithm: SignatureAlgorithm? = nil) {
        self.key = key
        self.keyID = keyID
        self.algorithm = algorithm.flatMap { key.components.algorithms.contains($0) ? $0 : nil }
    }

    /// Reads a public key for signatures from JSON.
    ///
    /// - Throws: ``JSONWebKeyError`` for a text that is not JSON or has a member twice, a key that is not sound or not
    ///   for signatures (`use`, `key_ops`), members that contradict each other (`kty`, `crv`, `alg`), and for a private
    ///   key, which nobody should have sent.
    public init(parsing json: String) throws(JSONWebKeyError) {
        try self.init(json: JSONWebKeyReader.root(of: Array(json.utf8)))
    }

    /// Reads a public key from a member of a larger document, which the caller has searched for duplicate keys.
    package init(json: JSONNode) throws(JSONWebKeyError) {
        let reader = JSONWebKeyReader(json)
        guard json["d"] == nil, json["k"] == nil else {
            throw JSONWebKeyError("d", "this is a private or symmetric key; only the public key belongs here")
        }
        let components = try reader.publicComponents()
        try reader.checkPurpose("verify")
        keyID = try reader.text("kid", maximumByteCount: 1024)
        algorithm = try reader.algorithm(suiting: components)
        do {
            key = try VerificationKey(components)
        } catch {
            throw JSONWebKeyError(error)
        }
    }

    /// The SHA-256 thumbprint, in base64url (RFC 7638); the `jkt` of DPoP (RFC 9449 section 6.1).
    public var thumbprint: String {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writeRequiredMembers(to: &writer)
        writer.endObject()
        return Base64URL.encode(SHA2.sha256(writer.bytes))
    }

    /// The key as JSON text, with public members only.
    public var json: String {
        var writer = JSONWriter(capacity: 512)
        encode(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Writes the members that RFC 7638 section 3.2 hashes, in its lexicographic order.
    private func writeRequiredMembers(to writer: inout JSONWriter) {
        switch key.components {
        case .ec(let curve, let x, let y):
            writer.field("crv", curve.rawValue)
            writer.field("kty", "EC")
            writer.field("x", Base64URL.encode(x))
            writer.field("y", Base64URL.encode(y))
        case .rsa(let n, let e):
            writer.field("e", Base64URL.encode(e))
            writer.field("kty", "RSA")
            writer.field("n", Base64URL.encode(n))
        case .okp(let x):
            writer.field("crv", "Ed25519")
            writer.field("kty", "OKP")
            writer.field("x", Base64URL.encode(x))
        }
    }
}

extension JSONWebKey: JSONEncodable {
    /// Writes the public members, and `kid` and `alg` if they are known.
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        writeRequiredMembers(to: &json)
        json.field("kid", keyID)
        json.field("alg", algorithm?.rawValue)
        json.endObject()
    }
}

extension JSONWebKey: CustomStringConvertible {
    /// The thumbprint, which identifies the key without being long.
    public var description: String { "JSONWebKey(\(thumbprint))" }
}
