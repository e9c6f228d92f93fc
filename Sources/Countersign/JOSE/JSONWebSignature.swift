package import CountersignCrypto
@_spi(Generated) package import CountersignJSON

/// A JSON Web Signature in compact form (RFC 7515 section 7.1), parsed but not verified.
///
/// Do not trust its contents before ``verify(with:allowing:)-(VerificationKey,_)`` has returned. Keys and key URLs in the
/// header (`jwk`, `jku`, `x5c`, `x5u`) are never used.
package struct JSONWebSignature: Sendable {
    /// The header, an object without duplicate members.
    package let header: JSONNode

    /// The `alg` of the header, which may be any text.
    package let algorithmName: String

    /// The `kid` of the header.
    package let keyID: String?

    /// The signed bytes.
    package let payload: [UInt8]

    /// The text that the signature covers: header and payload in base64url with a dot.
    package let signingInput: [UInt8]

    /// The signature.
    package let signature: [UInt8]

    /// The maximum length of the compact form, enough for an ID token with many groups.
    private static let maximumByteCount = 256 * 1024

    /// Parses the compact form.
    ///
    /// - Throws: ``JSONWebSignatureError/malformed(_:)`` unless there are three parts in strict base64url with a JSON
    ///   object as header, and ``JSONWebSignatureError/criticalExtension`` if the header has `crit`. No critical
    ///   extension is supported, among them the unencoded payload of RFC 7797.
    package init(parsing text: some StringProtocol) throws(JSONWebSignatureError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumByteCount else {
            throw .malformed("it is longer than \(Self.maximumByteCount) bytes")
        }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("expected three parts with two dots") }
        guard let headerText = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformed("a part is not base64url without padding") }
        guard let document = try? JSONDocument(parsing: headerText), document.root.kind == .object else {
            throw .malformed("the header is not a JSON object")
        }
        guard document.duplicateKey() == nil else { throw .malformed("the header has a duplicate member") }
        header = document.root
        guard header["crit"] == nil else { throw .criticalExtension }
        guard let algorithm = header["alg"]?.string else { throw .malformed("the header has no alg") }
        algorithmName = algorithm
        keyID = header["kid"]?.string
        guard keyID != nil || header["kid"]?.isNull ?? true else {
            throw .malformed("the header's kid is not a string")
        }
        self.payload = payload
        self.signature = signature
        signingInput = Array(bytes[..<parts[1].endIndex])
    }

    /// Verifies the signature with a key.
    ///
    /// - Parameters:
    ///   - key: The key, which the caller has chosen independently of the header.
    ///   - algorithms: The algorithms that the caller accepts. The header selects one of them.
    /// - Throws: ``JSONWebSignatureError``.
    package func verify(
        with key: VerificationKey,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) {
        try verify(with: JSONWebKey(key), allowing: algorithms)
    }

    /// Verifies the signature with a JSON Web Key.
    ///
    /// Its `alg` and `kid`, if present, must match the header.
    ///
    /// - Throws: ``JSONWebSignatureError``.
    package func verify(
        with key: JSONWebKey,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) {
        let algorithm = try allowedAlgorithm(algorithms)
        guard matchesKeyID(of: key) else { throw .unknownKey }
        guard isUsable(key, with: algorithm) else { throw .algorithmNotAllowed }
        guard isValid(with: key, algorithm) else { throw .invalidSignature }
    }

    private func isValid(with key: JSONWebKey, _ algorithm: SignatureAlgorithm) -> Bool {
        key.key.isValid(signature: signature, for: signingInput, algorithm: algorithm)
    }

    /// Verifies the signature with the key of a set that the header names, or with the only key that fits the header.
    ///
    /// A key fits if its identifier, type, curve and algorithm do. If several fitting keys have the identifier, the
    /// signature must be valid with one of them.
    ///
    /// - Returns: The key that the signature is valid with.
    /// - Throws: ``JSONWebSignatureError``. After ``JSONWebSignatureError/unknownKey``, fetch the set again.
    @discardableResult
    package func verify(
        with set: JSONWebKeySet,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) -> JSONWebKey {
        let algorithm = try allowedAlgorithm(algorithms)
        let candidates = set.keys.filter { matchesKeyID(of: $0) && isUsable($0, with: algorithm) }
        // A key without an identifier is a candidate for every signature. A key with the same identifier is preferred.
        let named = candidates.filter { $0.keyID != nil && $0.isNamed(keyID) }
        if named.isEmpty {
            guard candidates.count <= 1 else { throw .ambiguousKey }
        }
        let chosen = named.isEmpty ? candidates : named
        guard !chosen.isEmpty else { throw .unknownKey }
        guard let key = chosen.first(where: { isValid(with: $0, algorithm) }) else { throw .invalidSignature }
        return key
    }

    private func allowedAlgorithm(
        _ algorithms: Set<SignatureAlgorithm>
    ) throws(JSONWebSignatureError) -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(named: algorithmName), algorithms.contains(algorithm) else {
            throw .algorithmNotAllowed
        }
        return algorithm
    }

    private func matchesKeyID(of key: JSONWebKey) -> Bool {
        key.keyID == nil || keyID == nil || key.isNamed(keyID)
    }

    private func isUsable(_ key: JSONWebKey, with algorithm: SignatureAlgorithm) -> Bool {
        (key.algorithm ?? algorithm) == algorithm && key.key.components.algorithms.contains(algorithm)
    }
}
