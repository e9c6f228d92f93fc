public import CountersignCrypto

extension SigningKey {
    /// Creates a private key from a JSON Web Key (RFC 7517).
    ///
    /// - Parameters:
    ///   - jsonWebKey: The JSON text with the member `d`, for RSA preferably with the factors.
    ///   - algorithm: The algorithm to sign with. `nil` selects the `alg` of the key, or else the algorithm of its curve,
    ///     RS256 for RSA.
    /// - Throws: ``JSONWebKeyError`` if the text is not such a key, the key is invalid or not for signing (`use`,
    ///   `key_ops`), or does not fit `algorithm`.
    public convenience init(
        jsonWebKey: String,
        algorithm: SignatureAlgorithm? = nil
    ) throws(JSONWebKeyError) {
        let root = try JSONWebKeyReader.root(of: Array(jsonWebKey.utf8))
        let reader = JSONWebKeyReader(root)
        let components = try reader.privateComponents()
        try reader.checkUse("sign")
        let named = try reader.algorithm(fitting: try reader.publicComponents())
        guard named == nil || algorithm == nil || named == algorithm else {
            throw JSONWebKeyError(.algorithmMismatch, "alg", "the key is for another algorithm than the requested one")
        }
        do {
            try self.init(privateComponents: components, algorithm: algorithm ?? named)
        } catch {
            throw JSONWebKeyError(error)
        }
    }
}
