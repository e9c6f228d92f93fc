import Countersign
public import CountersignJSON

/// What an authorization server says of a token (RFC 7662 section 2.2).
public struct IntrospectionResponse: Sendable {
    /// Whether the token is good: nothing else counts when it is not.
    public let isActive: Bool
    /// The token's scopes.
    public let scopes: [String]
    /// The client that the token was issued to.
    public let clientID: String?
    /// Whom the token is about.
    public let subject: String?
    /// A name of that user's for people.
    public let username: String?
    /// The token's type, `Bearer` or `DPoP`.
    public let tokenType: String?
    /// Whom the token is for.
    public let audience: [String]
    public let issuer: String?
    /// When it ends, since 1 January 1970 UTC.
    public let expiresAt: Duration?
    /// When it was made, since 1 January 1970 UTC.
    public let issuedAt: Duration?
    /// The thumbprint of the key that it is bound to (`cnf.jkt`, RFC 9449 section 6.2).
    public let keyThumbprint: String?
    private let members: [String: JSONValue]

    /// Anything of the answer.
    public subscript(_ name: String) -> JSONValue? { members[name] }

    init(_ answer: JSONNode) throws(TokenError) {
        guard let isActive = answer["active"]?.bool, let members = try? [String: JSONValue](json: answer) else {
            throw TokenError(.malformedResponse, "the introspection endpoint does not say whether the token is active")
        }
        self.isActive = isActive
        self.members = members
        scopes = answer["scope"]?.string?.split(separator: " ").map(String.init) ?? []
        clientID = answer["client_id"]?.string
        subject = answer["sub"]?.string
        username = answer["username"]?.string
        tokenType = answer["token_type"]?.string
        audience = answer["aud"].map { $0.string.map { [$0] } ?? $0.elements.compactMap(\.string) } ?? []
        issuer = answer["iss"]?.string
        expiresAt = Self.date(answer["exp"])
        issuedAt = Self.date(answer["iat"])
        keyThumbprint = answer["cnf"]?["jkt"]?.string
    }

    private static func date(_ node: JSONNode?) -> Duration? {
        guard let seconds = node?.double, 0...253_402_300_799 ~= seconds else { return nil }
        return .seconds(seconds)
    }
}

extension IntrospectionResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "IntrospectionResponse(\(isActive ? "active" : "inactive"))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["isActive": isActive]) }
}
