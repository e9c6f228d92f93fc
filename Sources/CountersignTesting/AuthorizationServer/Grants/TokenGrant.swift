/// What a token request amounts to, before scopes and targets are looked at.
struct TokenGrant: Sendable {
    var type: FakeAuthorizationServer.GrantType
    var subject: String
    /// The most that may be granted.
    var scopes: Set<String>
    /// The resources that may be asked for, all of them when the request names none; empty: any.
    var resources: [String] = []
    /// The user's grant that it is part of.
    var user: UserGrant?
    /// Who acts for the subject (RFC 8693 section 4.1).
    var actor: String?
}
