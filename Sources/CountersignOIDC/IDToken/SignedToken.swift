import Countersign
import CountersignCrypto

/// An ID token or logout token in compact form, taken apart, with the reasons for which one is refused.
///
/// Nothing in it is looked at but the header, until ``claims(signedBy:allowing:)`` has checked the signature.
struct SignedToken: Redacted {
    private let signature: JSONWebSignature
    let text: String
    let algorithm: SignatureAlgorithm

    /// Takes a token apart.
    ///
    /// - Parameter types: What its `typ` may be, in small letters; having none is fine.
    init(parsing text: String, types: Set<String>) throws(IDTokenError) {
        // RFC 7516 section 9: an encrypted token is told by its four dots.
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

    /// The claims, once the signature is known to be good.
    func claims(
        signedBy keys: JSONWebKeySet,
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
