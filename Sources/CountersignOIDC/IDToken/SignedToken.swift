import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// A parsed ID token or logout token in compact form.
///
/// Only the header is used until ``claims(verifiedBy:allowing:)`` has verified the signature.
struct SignedToken: Redacted {
    private let signature: JSONWebSignature
    /// The token in compact form.
    let text: String
    let algorithm: SignatureAlgorithm

    /// Parses a token.
    ///
    /// - Parameters:
    ///   - types: The accepted values of `typ` in lower case. A token without `typ` is always accepted.
    ///   - algorithms: The algorithms that the client accepts.
    init(
        parsing text: String,
        types: Set<String>,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(IDTokenError) {
        // An encrypted token has four dots (RFC 7516 section 9).
        guard text.utf8.lazy.filter({ $0 == UInt8(ascii: ".") }).prefix(5).count != 4 else {
            throw IDTokenError(.encrypted)
        }
        do {
            signature = try JSONWebSignature(parsing: text)
        } catch {
            throw IDTokenError(signature: error)
        }
        if let type = signature.header["typ"], !type.isNull {
            guard let name = type.string?.lowercased() else { throw IDTokenError(.wrongType, "typ") }
            let short = name.hasPrefix("application/") ? String(name.dropFirst(12)) : name
            guard types.contains(short) else { throw IDTokenError(.wrongType, "typ") }
        }
        guard signature.header["cty"]?.isNull ?? true else { throw IDTokenError(.nested, "cty") }
        guard let algorithm = SignatureAlgorithm(named: signature.algorithmName), algorithms.contains(algorithm) else {
            throw IDTokenError(algorithm: signature.algorithmName, allowing: algorithms)
        }
        self.text = text
        self.algorithm = algorithm
    }

    /// Checks that the algorithm is also among those that the server's metadata lists.
    func checkAlgorithm(_ algorithms: Set<SignatureAlgorithm>) throws(IDTokenError) {
        guard algorithms.contains(algorithm) else {
            throw IDTokenError(algorithm: signature.algorithmName, allowing: algorithms)
        }
    }

    /// Verifies the signature and returns the claims, and the key that it is valid with.
    func claims(
        verifiedBy keys: JSONWebKeySet,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(IDTokenError) -> (claims: ClaimsReader, key: JSONWebKey) {
        let key: JSONWebKey
        do {
            key = try signature.verify(with: keys, allowing: algorithms)
        } catch {
            throw IDTokenError(signature: error)
        }
        return (try ClaimsReader(signature.payload), key)
    }
}

extension IDTokenError {
    fileprivate init(signature error: JSONWebSignatureError) {
        switch error {
        case .malformed: self.init(.malformed)
        case .criticalExtension: self.init(.criticalExtension, "crit")
        case .algorithmNotAllowed: self.init(.algorithmNotAllowed, "alg")
        case .unknownKey: self.init(.unknownKey, "kid")
        case .ambiguousKey: self.init(.ambiguousKey, "kid")
        case .invalidSignature: self.init(.invalidSignature)
        }
    }
}
