public import CountersignCrypto
import CountersignHTTP
@_spi(Generated) public import CountersignJSON

extension FakeAuthorizationServer {
    /// Replaces the signing keys by new ones.
    ///
    /// - Parameter keepingOld: True to keep the old keys in `jwks`. If false, tokens signed with them can no longer be
    ///   verified.
    public func rotateSigningKey(keepingOld: Bool = true) {
        state.withLock { $0.keys.rotate(keepingOld: keepingOld) }
    }

    /// Signs claims with the server's key, for tokens with a valid signature and any content.
    ///
    /// - Parameters:
    ///   - claims: All claims of the token; none are added.
    ///   - header: The members of the header in addition to `alg` and `kid`. A member `kid` replaces the server's;
    ///     `null` removes it.
    ///   - algorithm: The algorithm, which selects the key.
    /// - Throws: `CryptoError` if the system has no random bytes for a key.
    public func sign(
        _ claims: [String: JSONValue],
        header: [String: JSONValue] = [:],
        algorithm: SignatureAlgorithm = .es256
    ) throws(CryptoError) -> String {
        let key = try signingKey(algorithm)
        let members = ["kid": .string(key.id)].merging(header) { $1 }.filter { $0.value != .null }
        return try SignedToken.sign(header: members, claims: claims, with: key.key)
    }

    /// Returns the key of an algorithm, creating it if there is none.
    func signingKey(_ algorithm: SignatureAlgorithm) throws(CryptoError) -> SigningKeyRing.Key {
        if let key = state.withLock({ $0.keys.current[algorithm] }) { return key }
        // Outside the lock: creating an RSA key takes up to a second.
        let fresh = try SigningKey.generate(algorithm)
        return state.withLock { $0.keys.adopt(fresh) }
    }

    /// The published keys (RFC 7517), including those for the next ID tokens and access tokens.
    var keySet: JSONValue {
        _ = try? signingKey(.es256)
        _ = try? signingKey(configuration.idTokenAlgorithm)
        return ["keys": .array(state.withLock { $0.keys.published.map { .object($0.members) } })]
    }

    /// Parses a token and verifies that this server signed it, with any key it ever had.
    func ownToken(_ compact: String) -> SignedToken? {
        guard let token = SignedToken(compact) else { return nil }
        return state.withLock { $0.keys.all }.contains { token.isSigned(by: $0.key.publicKey) } ? token : nil
    }
}
