/// The parameters that distinguish one access token of a session from another.
struct SessionTokenKey: Hashable, Sendable {
    /// The requested scopes (RFC 6749 section 6), sorted; nil for all granted scopes.
    var scopes: [String]?
    /// The requested resource indicators (RFC 8707), sorted; empty for those of the sign-in.
    var resources: [String]
    /// Further parameters of the token request.
    var parameters: [String: String]

    /// The order of scopes and resources does not matter.
    init(scopes: [String]? = nil, resources: [String] = [], parameters: [String: String] = [:]) {
        self.scopes = scopes.map { Set($0).sorted() }
        self.resources = Set(resources).sorted()
        self.parameters = parameters
    }

    /// The key of the token that the sign-in returned.
    static let signIn = SessionTokenKey()

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
