public import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// A client's public key, as registered at an authorization server.
public struct PublicKey: Sendable, Hashable {
    let key: VerificationKey
    /// The key ID (`kid`), if there is one; an assertion with another `kid` is rejected.
    public let keyID: String?

    /// Creates a key from PEM (`BEGIN PUBLIC KEY`).
    ///
    /// - Throws: ``PublicKeyError`` if the text contains no public key, or an invalid one.
    public init(pem: String, keyID: String? = nil) throws(PublicKeyError) {
        self.key = try .checking { () throws(CryptoError) in try VerificationKey(pem: pem) }
        self.keyID = keyID
    }

    /// Creates a key from a JSON Web Key (RFC 7517).
    ///
    /// - Throws: ``PublicKeyError`` if the text is not a JSON Web Key, or the key is invalid or contains a private part.
    public init(jwk: String) throws(PublicKeyError) {
        guard let members = JSONValue.strictObject(Array(jwk.utf8)) else {
            throw PublicKeyError(.malformed, "the JSON Web Key is not a JSON object")
        }
        try self.init(members: members)
    }

    /// Creates the public key of a key pair.
    public init(of key: SigningKey, keyID: String? = nil) {
        self.key = key.publicKey
        self.keyID = keyID
    }

    /// Creates a key from the members of a JSON Web Key.
    ///
    /// A private part is an error: no client may ever send one.
    init(members: JSONValue.Members) throws(PublicKeyError) {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] where members[name] != nil {
            throw PublicKeyError(.privateKey, "the key contains a private part, '\(name)'")
        }
        func bytes(_ name: String) throws(PublicKeyError) -> [UInt8] {
            guard let text = members[name]?.string, let bytes = Base64URLText.decode(text) else {
                throw PublicKeyError(.malformed, "'\(name)' is missing or not base64url")
            }
            return bytes
        }
        let components: KeyComponents
        switch (members["kty"]?.string, members["crv"]?.string) {
        case ("EC", let name):
            guard let curve = name.flatMap(EllipticCurve.init) else {
                throw PublicKeyError(.unsupported, "'crv' is missing or not a supported curve")
            }
            components = .ec(curve: curve, x: try bytes("x"), y: try bytes("y"))
        case ("OKP", "Ed25519"):
            components = .okp(x: try bytes("x"))
        case ("RSA", _):
            components = .rsa(n: try bytes("n"), e: try bytes("e"))
        default:
            throw PublicKeyError(.unsupported, "'kty' is missing or not a supported key type")
        }
        self.key = try .checking { () throws(CryptoError) in try VerificationKey(components) }
        self.keyID = members["kid"]?.string
    }

    /// The key as a JSON Web Key.
    var members: [String: JSONValue] {
        var members = requiredMembers
        if let keyID { members["kid"] = .string(keyID) }
        return members
    }

    /// The SHA-256 thumbprint (RFC 7638): the digest of the required members, sorted by name, without white space.
    var thumbprint: String {
        let text = requiredMembers.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\"\($0.value.string ?? "")\"" }
            .joined(separator: ",")
        return Base64URLText.encode(SHA2.sha256(("{" + text + "}").utf8))
    }

    private var requiredMembers: [String: JSONValue] {
        func text(_ bytes: [UInt8]) -> JSONValue { .string(Base64URLText.encode(bytes)) }
        return switch key.components {
        case .ec(let curve, let x, let y): ["kty": "EC", "crv": .string(curve.rawValue), "x": text(x), "y": text(y)]
        case .rsa(let n, let e): ["kty": "RSA", "n": text(n), "e": text(e)]
        case .okp(let x): ["kty": "OKP", "crv": "Ed25519", "x": text(x)]
        }
    }
}

extension VerificationKey {
    fileprivate static func checking(
        _ make: () throws(CryptoError) -> VerificationKey
    ) throws(PublicKeyError) -> VerificationKey {
        do throws(CryptoError) {
            return try make()
        } catch {
            throw PublicKeyError(.invalid, error.message)
        }
    }
}
