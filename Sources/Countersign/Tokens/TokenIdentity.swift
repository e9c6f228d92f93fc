import CountersignCrypto

/// Everything that could change a token: two requests share one if and only if their identities are equal.
///
/// It is the whole of the parts, each behind its length, not a digest of them: nothing collides. Secrets are in it as
/// digests under a key of the runtime's.
struct TokenIdentity: Hashable, Sendable {
    private var bytes: [UInt8] = []

    mutating func add(_ part: String?) {
        guard let part else { return bytes.append(0) }
        bytes.append(1)
        add(Array(part.utf8))
    }

    /// Adds a part whose order means nothing: a set of scopes, of resources.
    mutating func add(set parts: [String]) {
        let parts = Set(parts).sorted()
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

    /// Adds a secret part as its digest under `key`.
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
