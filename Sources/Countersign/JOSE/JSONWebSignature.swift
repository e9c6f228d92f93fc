package import CountersignCrypto
package import CountersignJSON

/// A signed text in compact form (RFC 7515 section 7.1), parsed but not yet verified.
///
/// Nothing in it may be believed before ``verify(with:allowing:)-(VerificationKey,_)`` has returned. Keys and key URLs
/// in the header (`jwk`, `jku`, `x5c`, `x5u`) are never used.
package struct JSONWebSignature: Sendable {
    /// The header, an object without duplicate keys.
    package let header: JSONNode

    /// The header's `alg`; it may name an algorithm that does not exist.
    package let algorithmName: String

    /// The header's `kid`.
    package let keyID: String?

    /// What was signed over.
    package let payload: [UInt8]

    /// The text that the signature covers: header and payload in base64url, with the dot.
    package let signingInput: [UInt8]

    /// The signature.
    package let signature: [UInt8]

    /// The longest text that is looked at; an ID token with many groups stays below.
    private static let maximumByteCount = 256 * 1024

    /// Takes a compact text apart.
    ///
    /// - Throws: ``JSONWebSignatureError/malformed(_:)`` unless it is three strict base64url parts with a JSON object
    ///   as header, and ``JSONWebSignatureError/criticalExtension`` if the header has `crit`: none is understood here,
    ///   and an unencoded payload (RFC 7797) is one.
    package init(parsing text: some StringProtocol) throws(JSONWebSignatureError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumByteCount else {
            throw .malformed("longer than \(Self.maximumByteCount) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("three parts with two dots are expected") }
        guard let headerText = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed("a part is not base64url without padding") }
        guard let document = try? JSONDocument(parsing: headerText), document.root.kind == .object else {
            throw .malformed("the header is not a JSON object")
        }
        guard document.duplicateKey() == nil else { throw .malformed("the header has a member twice") }
        header = document.root
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let algorithm = header["alg"]?.string else { throw .malformed("the header has no alg") }
        algorithmName = algorithm
        keyID = header["kid"]?.string
        guard keyID != nil || header["kid"] == nil else { throw .malformed("the header's kid is not a string") }
        self.payload = payload
        self.signature = signature
        signingInput = Array(bytes[..<parts[1].endIndex])
    }

    /// Checks the signature with one key.
    ///
    /// - Parameters:
    ///   - key: The key, chosen by the caller and not by the text.
    ///   - algorithms: What the caller accepts. The header only picks one of them.
    /// - Throws: ``JSONWebSignatureError``.
    package func verify(
        with key: VerificationKey,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) {
        try verify(with: JSONWebKey(key), allowing: algorithms)
    }

    /// Checks the signature with one JSON Web Key, whose `alg` and `kid` must be the header's where both say something.
    ///
    /// - Throws: ``JSONWebSignatureError``.
    package func verify(
        with key: JSONWebKey,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) {
        let algorithm = try allowedAlgorithm(algorithms)
        guard suits(key) else { throw .unknownKey }
        guard isUsable(key, with: algorithm) else { throw .algorithmNotAllowed }
        guard key.key.isValid(signature: signature, for: signingInput, algorithm: algorithm) else {
            throw .invalidSignature
        }
    }

    /// Checks the signature with the key of a set that the header names, or with the only one that could be meant.
    ///
    /// - Throws: ``JSONWebSignatureError``; after ``JSONWebSignatureError/unknownKey`` a newer set may help.
    package func verify(
        with set: JSONWebKeySet,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) {
        let algorithm = try allowedAlgorithm(algorithms)
        let candidates = set.keys.filter { suits($0) && isUsable($0, with: algorithm) }
        // A key without a name is a candidate for every text; the one of that name goes first.
        let named = candidates.filter { $0.keyID != nil && $0.keyID == keyID }
        let chosen = named.isEmpty ? candidates : named
        guard let key = chosen.first else { throw .unknownKey }
        guard chosen.count == 1 else { throw .ambiguousKey }
        try verify(with: key, allowing: algorithms)
    }

    private func allowedAlgorithm(
        _ algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: algorithmName), algorithms.contains(algorithm) else {
            throw .algorithmNotAllowed
        }
        return algorithm
    }

    private func suits(_ key: JSONWebKey) -> Bool {
        key.keyID == nil || keyID == nil || key.keyID == keyID
    }

    private func isUsable(_ key: JSONWebKey, with algorithm: SignatureAlgorithm) -> Bool {
        (key.algorithm ?? algorithm) == algorithm && key.key.components.algorithms.contains(algorithm)
    }
}
