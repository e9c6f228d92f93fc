import CountersignJSON

/// The parameters that distinguish one access token of a session from another.
struct SessionTokenKey: Sendable {
    /// The requested scopes (RFC 6749 section 6), sorted; nil for all granted scopes.
    var scopes: [String]?
    /// The requested resource indicators (RFC 8707), sorted; empty for those of the sign-in.
    var resources: [String]
    /// Further parameters of the token request.
    var parameters: [String: String]

    /// The order of scopes and resources does not matter.
    init(scopes: [String]? = nil, resources: [String] = [], parameters: [String: String] = [:]) {
        self.scopes = scopes.map { $0.uniqueSortedByBytes() }
        self.resources = resources.uniqueSortedByBytes()
        self.parameters = parameters
    }

    /// The key of the token that the sign-in returned.
    static let signIn = SessionTokenKey()

    /// Returns true if another key has the same resources.
    func hasResources(of other: SessionTokenKey) -> Bool { Self.keys(resources) == Self.keys(other.resources) }

    /// Returns true if another key has the same parameters.
    func hasParameters(of other: SessionTokenKey) -> Bool { Self.keys(parameters) == Self.keys(other.parameters) }

    /// Returns the parameters of a refresh request for this token (RFC 6749 section 6).
    func parameters(with refreshToken: String) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = [
            ("grant_type", "refresh_token"), ("refresh_token", refreshToken),
        ]
        if let scopes, !scopes.isEmpty { result.append(("scope", scopes.joined(separator: " "))) }
        for resource in resources { result.append(("resource", resource)) }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { result.append((name, value)) }
        return result
    }
}

/// Compared as bytes: for `String`, the token of one resource would also be that of an equivalent name (U+212A and `K`).
extension SessionTokenKey: Hashable {
    static func == (left: SessionTokenKey, right: SessionTokenKey) -> Bool {
        left.scopes.map(Self.keys) == right.scopes.map(Self.keys)
            && left.hasResources(of: right) && left.hasParameters(of: right)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(scopes?.count)
        for text in (scopes ?? []) + resources { hasher.combine(ByteKey(text)) }
        hasher.combine(parameters.count)
    }

    private static func keys(_ texts: [String]) -> [ByteKey] { texts.map(ByteKey.init) }

    private static func keys(_ parameters: [String: String]) -> [ByteKey: ByteKey] {
        parameters.isEmpty ? [:] : Dictionary(parameters.map { (ByteKey($0), ByteKey($1)) }) { $1 }
    }
}
