import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// The signing keys of a server: one per algorithm, and older ones.
struct SigningKeyRing: Sendable {
    /// A key and its `kid`.
    struct Key: Sendable {
        let key: SigningKey
        let number: Int

        var id: String { String(number) }

        /// The public half as a JSON Web Key.
        var members: [String: JSONValue] {
            var members = PublicKey(of: key, keyID: id).members
            members["alg"] = .string(key.algorithm.rawValue)
            members["use"] = "sig"
            return members
        }
    }

    private(set) var current: [SignatureAlgorithm: Key] = [:]
    /// Published, but no longer used for signing.
    private var retired: [Key] = []
    /// No longer published, but needed to verify old ID tokens that come back as `id_token_hint`.
    private var dropped: [Key] = []
    private var count = 0

    /// The keys in `jwks`, oldest first.
    var published: [Key] { retired + current.values.sorted { $0.number < $1.number } }

    /// All keys, including those no longer published.
    var all: [Key] { dropped + published }

    /// Makes a new key the current one of its algorithm, unless there is one already, and returns the current one.
    mutating func adopt(_ key: SigningKey) -> Key {
        if let first = current[key.algorithm] { return first }
        count += 1
        let adopted = Key(key: key, number: count)
        current[key.algorithm] = adopted
        return adopted
    }

    /// Retires all current keys; new ones are created when they are needed.
    mutating func rotate(keepingOld: Bool) {
        if keepingOld {
            retired = published
        } else {
            dropped = all
            retired = []
        }
        current = [:]
    }
}
