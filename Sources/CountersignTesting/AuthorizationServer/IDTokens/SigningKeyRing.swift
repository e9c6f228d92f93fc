import CountersignCrypto
import CountersignJSON

/// The keys that a server signs with, one an algorithm, and the older ones that it still publishes.
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
    /// Published, but no longer signed with.
    private var retired: [Key] = []
    /// No longer published; an old ID token is still known again as a hint.
    private var dropped: [Key] = []
    private var count = 0

    /// What `jwks` shows, the newest keys last.
    var published: [Key] { retired + current.values.sorted { $0.number < $1.number } }

    /// Every key there ever was.
    var all: [Key] { dropped + published }

    /// Takes a fresh key as the one of its algorithm, unless another was first.
    mutating func adopt(_ key: SigningKey) -> Key {
        if let first = current[key.algorithm] { return first }
        count += 1
        let adopted = Key(key: key, number: count)
        current[key.algorithm] = adopted
        return adopted
    }

    /// Puts all keys aside; fresh ones are made when they are needed.
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
