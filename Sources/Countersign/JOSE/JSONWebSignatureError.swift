/// Why a signed token was refused.
package enum JSONWebSignatureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not a JSON Web Signature in compact form.
    case malformed(String)
    /// The header demands something that is not understood (`crit`).
    case criticalExtension
    /// The header's `alg` is not among those that were allowed, or not one the key may be used with.
    case algorithmNotAllowed
    /// No key of the set is the one the header means; a newer set may have it.
    case unknownKey
    /// The header does not name a key, and more than one could be meant.
    case ambiguousKey
    /// The signature is not the key's.
    case invalidSignature

    package var description: String {
        switch self {
        case .malformed(let detail): "not a JSON Web Signature in compact form: \(detail)"
        case .criticalExtension: "the header demands an extension that is not supported (crit)"
        case .algorithmNotAllowed: "the signature algorithm is not one of those allowed"
        case .unknownKey: "no key of the key set fits the header's kid and alg"
        case .ambiguousKey: "the header names no key (kid), and several keys fit"
        case .invalidSignature: "the signature is not valid"
        }
    }
}
