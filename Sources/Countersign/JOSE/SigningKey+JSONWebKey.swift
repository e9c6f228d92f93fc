public import CountersignCrypto

extension SigningKey {
    /// Reads a private key from a JSON Web Key (RFC 7517).
    ///
    /// - Parameters:
    ///   - jsonWebKey: The JSON text, with `d`, and for RSA the factors if they are known.
    ///   - algorithm: What to sign with. `nil` means what `alg` says, else what the key is for, and RS256 for RSA.
    /// - Throws: ``JSONWebKeyError`` for a text that is not such a key, is not for signing (`use`, `key_ops`), is
    ///   refused as unsound, or cannot be used with `algorithm`.
    public convenience init(
        jsonWebKey: String,
        algorithm: SignatureAlgorithm? = nil
    ) throws(JSONWebKeyError) {
        let root = try JSONWebKeyReader.root(of: Array(jsonWebKey.utf8))
        let reader = JSONWebKeyReader(root)
        let components = try reader.privateComponents()
        try reader.checkPurpose("sign")
        let named = try reader.algorithm(suiting: try reader.publicComponents())
        guard named == nil || algorithm == nil || named == algorithm else {
            throw JSONWebKeyError("alg", "the key names another algorithm than the one asked for")
        }
        do {
            try self.init(privateComponents: components, algorithm: algorithm ?? named)
        } catch {
            throw JSONWebKeyError(error)
        }
    }
}
