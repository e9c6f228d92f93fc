public import CountersignCrypto
import CountersignHTTP
public import CountersignJSON

extension FakeAuthorizationServer {
    /// Signs from now on with fresh keys.
    ///
    /// - Parameter keepingOld: whether `jwks` goes on to show the keys up to now, as a server does that rotates with
    ///   care; if not, what was signed with them can no longer be verified.
    public func rotateSigningKey(keepingOld: Bool = true) {
        state.withLock { $0.keys.rotate(keepingOld: keepingOld) }
    }

    /// Signs claims of the test's own with the server's key: a token that is right in all that the test leaves right.
    ///
    /// - Parameters:
    ///   - claims: all claims; none are added.
    ///   - header: members of the header besides `alg` and `kid`, or in the place of `kid`; `null` takes it away.
    ///   - algorithm: whose key signs.
    /// - Throws: `CryptoError` when the system has no randomness for a key.
    public func sign(
        _ claims: [String: JSONValue],
        header: [String: JSONValue] = [:],
        algorithm: SignatureAlgorithm = .es256
    ) throws(CryptoError) -> String {
        let key = try signingKey(algorithm)
        let members = ["kid": .string(key.id)].merging(header) { $1 }.filter { $0.value != .null }
        return try SignedToken.sign(header: members, claims: claims, with: key.key)
    }

    /// The key of an algorithm, made now if there is none yet.
    func signingKey(_ algorithm: SignatureAlgorithm) throws(CryptoError) -> SigningKeyRing.Key {
        if let key = state.withLock({ $0.keys.current[algorithm] }) { return key }
        // Not under the lock: an RSA key takes up to a second.
        let fresh = try SigningKey.generate(algorithm)
        return state.withLock { $0.keys.adopt(fresh) }
    }

    /// The published keys (RFC 7517), with those that ID tokens and access tokens will be signed with next.
    var keySet: JSONValue {
        _ = try? signingKey(.es256)
        _ = try? signingKey(configuration.idTokenAlgorithm)
        return ["keys": .array(state.withLock { $0.keys.published.map { .object($0.members) } })]
    }

    /// A token that this server has signed with any of its keys, also with one that it no longer publishes.
    func ownToken(_ compact: String) -> SignedToken? {
        guard let token = SignedToken(compact) else { return nil }
        return state.withLock { $0.keys.all }.contains { token.isSigned(by: $0.key.publicKey) } ? token : nil
    }
}
