@_spi(Generated) public import CountersignJSON

/// A user who can sign in at a ``FakeAuthorizationServer``.
///
/// ```swift
/// let ada = FakeUser(subject: "u1", name: "Ada Lovelace", email: "ada@example.com", claims: ["role": "admin"])
/// server.register(ada)
/// ```
public struct FakeUser: Sendable, Hashable {
    /// The `sub` claim.
    public var subject: String
    /// The `name` claim, for clients with the scope `profile`.
    public var name: String?
    /// The `email` claim, for clients with the scope `email`.
    public var email: String?
    /// Additional claims for every client; they replace standard claims of the same name.
    public var claims: [String: JSONValue]
    /// The `amr` claim: the authentication methods of a sign-in (RFC 8176).
    public var authenticationMethods: [String]

    /// Creates a user.
    public init(
        subject: String,
        name: String? = nil,
        email: String? = nil,
        claims: [String: JSONValue] = [:],
        authenticationMethods: [String] = ["pwd"]
    ) {
        self.subject = subject
        self.name = name
        self.email = email
        self.claims = claims
        self.authenticationMethods = authenticationMethods
    }

    /// Returns `sub` and the claims that these scopes request (OpenID Connect Core section 5.4).
    func claims(scopes: Set<String>) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["sub": .string(subject)]
        if scopes.contains("profile"), let name { members["name"] = .string(name) }
        if scopes.contains("email"), let email {
            members["email"] = .string(email)
            members["email_verified"] = true
        }
        return members.merging(claims) { $1 }
    }
}
