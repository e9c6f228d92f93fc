public import CountersignJSON

/// A person who can sign in at a ``FakeAuthorizationServer``.
///
/// ```swift
/// let ada = FakeUser(subject: "u1", name: "Ada Lovelace", email: "ada@example.com", claims: ["role": "admin"])
/// server.register(ada)
/// ```
public struct FakeUser: Sendable, Hashable {
    /// The `sub` claim.
    public var subject: String
    /// The `name` claim, told to clients with the scope `profile`.
    public var name: String?
    /// The `email` claim, told to clients with the scope `email`.
    public var email: String?
    /// Further claims, told to every client; they replace standard claims of the same name.
    public var claims: [String: JSONValue]
    /// The `amr` claim: how the user signs in (RFC 8176).
    public var authenticationMethods: [String]

    /// A user.
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

    /// The claims about the user that these scopes open (OpenID Connect Core section 5.4), with `sub`.
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
