/// An error that explains why a signature was rejected.
package enum JSONWebSignatureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text is not a JSON Web Signature in compact form.
    case malformed(String)
    /// The header requires a critical extension (`crit`), and none is supported.
    case criticalExtension
    /// The `alg` of the header is not allowed, or does not fit the key.
    case algorithmNotAllowed
    /// No key of the set matches the header. A newer set may contain the key.
    case unknownKey
    /// The header names no key, and more than one key fits.
    case ambiguousKey
    /// The signature was not made with the key.
    case invalidSignature

    package var description: String {
        switch self {
        case .malformed(let detail): "the text is not a JSON Web Signature in compact form: \(detail)"
        case .criticalExtension: "the header requires an unsupported extension (crit)"
        case .algorithmNotAllowed: "the signature algorithm is not allowed"
        case .unknownKey: "no key of the key set matches the kid and alg of the header"
        case .ambiguousKey: "the header names no key (kid), and several keys fit"
        case .invalidSignature: "the signature is invalid"
        }
    }
}
