public import CountersignCrypto
@_spi(Generated) public import CountersignJSON

/// A public signature key as a JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037).
///
/// It never contains a private key. Read a private key as a `SigningKey`, and publish its public half as a `JSONWebKey`.
///
/// ```swift
/// let key = try SigningKey.generate(.es256)
/// let published = JSONWebKey(key.publicKey, keyID: "2026-01")
/// print(published.json)
/// ```
public struct JSONWebKey: Sendable, Hashable {
    /// The public key.
    public let key: VerificationKey

    /// The identifier of the key (`kid`), by which the header of a signature selects it from a set.
    public let keyID: String?

    /// The only algorithm to use the key with (`alg`); `nil` if the key does not restrict it.
    public let algorithm: SignatureAlgorithm?

    /// The issuer whose tokens the key signs, as multi-tenant servers state it, or a pattern of issuers; nil for any.
    ///
    /// It is empty if the member cannot be read: the key then signs for no tenant, and for a server without tenants.
    package let issuer: String?

    /// Creates a JSON Web Key from a public key.
    ///
    /// - Parameters:
    ///   - key: The public key.
    ///   - keyID: The identifier of the key.
    ///   - algorithm: The value of `alg`. An algorithm that does not fit the key is ignored.
    public init(_ key: VerificationKey, keyID: String? = nil, algorithm: SignatureAlgorithm? = nil) {
        self.key = key
        self.keyID = keyID
        self.algorithm = algorithm.flatMap { key.components.algorithms.contains($0) ? $0 : nil }
        issuer = nil
    }

    /// Parses a public signature key from JSON.
    ///
    /// - Throws: ``JSONWebKeyError`` if the text is not JSON or has a duplicate member, if the key is invalid, not for
    ///   signatures (`use`, `key_ops`) or has contradictory members (`kty`, `crv`, `alg`), or if it is a private key.
    public init(parsing json: String) throws(JSONWebKeyError) {
        try self.init(json: JSONWebKeyReader.root(of: Array(json.utf8)))
    }

    /// Returns true if the key has this identifier, compared as bytes.
    func isNamed(_ name: String?) -> Bool { keyID.map(ByteKey.init) == name.map(ByteKey.init) }

    /// Reads a public key from a part of a larger document, which the caller has checked for duplicate members.
    package init(json: JSONNode) throws(JSONWebKeyError) {
        try self.init(JSONWebKeyReader(json))
    }

    init(_ reader: JSONWebKeyReader) throws(JSONWebKeyError) {
        for member in ["d", "k"] where try reader.has(member) {
            throw JSONWebKeyError(.privateKey, member, "the key is private or symmetric; expected a public key")
        }
        let components = try reader.publicComponents()
        try reader.checkUse("verify")
        keyID = try reader.text("kid", maximumByteCount: 1024)
        algorithm = try reader.algorithm(fitting: components)
        do {
            issuer = try reader.text("issuer", maximumByteCount: 1024)
        } catch {
            issuer = ""
        }
        do {
            key = try VerificationKey(components)
        } catch {
            throw JSONWebKeyError(error)
        }
    }

    /// The key as JSON, with public members only.
    public var json: String {
        var writer = JSONWriter(capacity: 512)
        encode(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

@_spi(Generated)
extension JSONWebKey: JSONEncodable {
    /// Writes the public members, and `kid` and `alg` if they are present.
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        writeRequiredMembers(to: &json)
        json.field("kid", keyID)
        json.field("alg", algorithm?.rawValue)
        json.endObject()
    }
}

extension JSONWebKey: CustomStringConvertible {
    /// The thumbprint of the key.
    public var description: String { "JSONWebKey(\(thumbprint))" }
}
