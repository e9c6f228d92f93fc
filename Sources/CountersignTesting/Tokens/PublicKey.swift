public import CountersignCrypto
import CountersignJSON

/// A client's public key, as it is registered at an authorization server.
public struct PublicKey: Sendable, Hashable {
    let key: VerificationKey
    /// The key's name (`kid`), when it has one: an assertion that names another is refused.
    public let keyID: String?

    /// Reads a key from PEM (`BEGIN PUBLIC KEY`).
    ///
    /// - Throws: ``PublicKeyError`` when there is none in the text, or it is not sound.
    public init(pem: String, keyID: String? = nil) throws(PublicKeyError) {
        self.key = try .checking { () throws(CryptoError) in try VerificationKey(pem: pem) }
        self.keyID = keyID
    }

    /// Reads a JSON Web Key (RFC 7517).
    ///
    /// - Throws: ``PublicKeyError`` when it is not one, is not sound, or holds a private part.
    public init(jwk: String) throws(PublicKeyError) {
        guard let members = JSONValue.strictObject(Array(jwk.utf8)) else { throw PublicKeyError("not a JSON object") }
        try self.init(members: members)
    }

    /// The public half of a key pair.
    public init(of key: SigningKey, keyID: String? = nil) {
        self.key = key.publicKey
        self.keyID = keyID
    }

    /// Reads the members of a JSON Web Key.
    ///
    /// Private parts are refused: nobody may ever send one.
    init(members: [String: JSONValue]) throws(PublicKeyError) {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] where members[name] != nil {
            throw PublicKeyError("the key holds its private part, “\(name)”")
        }
        func bytes(_ name: String) throws(PublicKeyError) -> [UInt8] {
            guard let text = members[name]?.string, let bytes = Base64URLText.decode(text) else {
                throw PublicKeyError("“\(name)” is missing or not base64url")
            }
            return bytes
        }
        let components: KeyComponents
        switch (members["kty"]?.string, members["crv"]?.string) {
        case ("EC", let name):
            guard let curve = name.flatMap(EllipticCurve.init) else {
                throw PublicKeyError("“crv” is not a known curve")
            }
            components = .ec(curve: curve, x: try bytes("x"), y: try bytes("y"))
        case ("OKP", "Ed25519"):
            components = .okp(x: try bytes("x"))
        case ("RSA", _):
            components = .rsa(n: try bytes("n"), e: try bytes("e"))
        default:
            throw PublicKeyError("“kty” is not a known type of public key")
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

    /// The SHA-256 thumbprint (RFC 7638): the digest of the required members, by name, without white space.
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
            throw PublicKeyError(error.message)
        }
    }
}

/// A text is not a public key.
public struct PublicKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it; it quotes nothing of the key.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
