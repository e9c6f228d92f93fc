extension SchemaBuilder {
    /// Names of keys for secrets, in lower case and letters only.
    private static let secretKeys: Set<String> = [
        "secret", "clientsecret", "password", "privatekey", "clientassertion", "assertion", "refreshtoken",
        "accesstoken", "subjecttoken", "actortoken", "codeverifier", "apikeyvalue",
    ]

    /// Returns a mapping with known keys; a key for a secret is reported with a specific message.
    func mappingWithoutSecrets(_ node: SourceNode, of what: String, keys: [String]) -> Mapping? {
        guard let entries = entries(node, of: what) else { return nil }
        let rest = entries.filter {
            keys.contains($0.key.text) || !reportSecret($0.key.text, in: what, at: $0.key.location)
        }
        return mapping(SourceNode(content: .mapping(rest), location: node.location), of: what, keys: keys)
    }

    /// Reports a key for a secret.
    ///
    /// - Returns: True if the key is for a secret.
    func reportSecret(_ key: String, in what: String, at location: SourceLocation) -> Bool {
        let folded = key.lowercased().filter { $0.isLetter }
        let isValue = ["key", "value"].contains(folded) && what != "'parameters'" && what != "'auth'"
        guard isValue || Self.secretKeys.contains(folded) else { return false }
        reportLiteralSecret(in: "\(quoted(key)) of \(what)", at: location)
        return true
    }

    func reportLiteralSecret(in what: String, at location: SourceLocation) {
        error(location, "\(what): never put a secret in a schema; pass it to the client's initializer")
    }
}
