import CountersignCrypto
import CountersignJSON

/// The identity of a token: everything in a token request that can change the token.
///
/// Two requests share a token if and only if their identities are equal. An identity consists of all its parts, each
/// preceded by its length, and not of a digest, so that there are no collisions. Secrets are included as digests with a
/// key of the runtime.
struct TokenIdentity: Hashable, Sendable {
    private var bytes: [UInt8] = []

    /// Adds a part that may be missing.
    mutating func add(_ part: String?) {
        guard let part else { return bytes.append(0) }
        bytes.append(1)
        add(Array(part.utf8))
    }

    /// Adds a set, such as scopes or resources, independent of its order.
    mutating func add(set parts: [String]) {
        let parts = parts.uniqueSortedByBytes()
        add(count: parts.count)
        for part in parts { add(Array(part.utf8)) }
    }

    mutating func add(_ parameters: [String: String]) {
        add(count: parameters.count)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            add(Array(name.utf8))
            add(Array(value.utf8))
        }
    }

    /// Adds a secret part as its keyed digest.
    mutating func add(secret: String, key: [UInt8]) {
        add(HMAC.sha256(key: key, message: Array(secret.utf8)))
    }

    private mutating func add(_ part: [UInt8]) {
        add(count: part.count)
        bytes.append(contentsOf: part)
    }

    private mutating func add(count: Int) {
        withUnsafeBytes(of: UInt64(count).bigEndian) { bytes.append(contentsOf: $0) }
    }
}
