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
    /// - Parameter types: The accepted values of `typ` in lower case. A token without `typ` is always accepted.
    init(parsing text: String, types: Set<String>) throws(IDTokenError) {
        // An encrypted token has four dots (RFC 7516 section 9).
        guard text.utf8.lazy.filter({ $0 == UInt8(ascii: ".") }).prefix(5).count != 4 else {
            throw IDTokenError(.encrypted)
        }
        do {
            signature = try JSONWebSignature(parsing: text)
        } catch {
            throw IDTokenError(signature: error)
        }
        if let type = signature.header["typ"] {
            guard let name = type.string?.lowercased() else { throw IDTokenError(.wrongType, "typ") }
            let short = name.hasPrefix("application/") ? String(name.dropFirst(12)) : name
            guard types.contains(short) else { throw IDTokenError(.wrongType, "typ") }
        }
        guard signature.header["cty"] == nil else { throw IDTokenError(.nested, "cty") }
        guard let algorithm = SignatureAlgorithm(rawValue: signature.algorithmName) else {
            throw IDTokenError(.algorithmNotAllowed, "alg")
        }
        self.text = text
        self.algorithm = algorithm
    }

    /// Verifies the signature and returns the claims.
    func claims(
        verifiedBy keys: JSONWebKeySet,
        allowing algorithms: Set<SignatureAlgorithm>
    ) throws(IDTokenError) -> ClaimsReader {
        do {
            try signature.verify(with: keys, allowing: algorithms)
        } catch {
            throw IDTokenError(signature: error)
        }
        return try ClaimsReader(signature.payload)
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
