/// The grant of a token request, before its scopes and targets are validated.
struct TokenGrant: Sendable {
    var type: FakeAuthorizationServer.GrantType
    var subject: String
    /// The scopes that may be granted.
    var scopes: Set<String>
    /// The resources that may be requested and are the default; empty: any.
    var resources: [String] = []
    /// The user's grant, if there is a user.
    var user: UserGrant?
    /// The actor (RFC 8693 section 4.1).
    var actor: String?
}
