import Countersign
@_spi(Generated) public import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The response of an introspection endpoint about a token (RFC 7662 section 2.2).
public struct IntrospectionResponse: Sendable {
    /// Indicates whether the token is active; if not, ignore the other properties.
    public let isActive: Bool
    /// The token's scopes.
    public let scopes: [String]
    /// The client that the token was issued to.
    public let clientID: String?
    /// The subject of the token, usually the user's identifier.
    public let subject: String?
    /// A human-readable name of the user.
    public let username: String?
    /// The token's type, `Bearer` or `DPoP`.
    public let tokenType: String?
    /// The audience of the token.
    public let audience: [String]
    /// The issuer of the token.
    public let issuer: String?
    /// The expiration time.
    public let expiresAt: Date?
    /// The time when the token was issued.
    public let issuedAt: Date?
    /// The thumbprint of the key that the token is bound to (`cnf.jkt`, RFC 9449 section 6.2).
    public let keyThumbprint: String?
    private let members: JSONValue.Members

    /// The value of any member of the response.
    public subscript(_ name: String) -> JSONValue? { members[name] }

    init(_ response: JSONNode) throws(TokenError) {
        guard let isActive = response["active"]?.bool, let members = try? JSONValue.Members(json: response) else {
            throw TokenError(
                .malformedResponse,
                "the response of the introspection endpoint has no valid active member"
            )
        }
        self.isActive = isActive
        self.members = members
        let names = response["scope"]?.string?.utf8.split(separator: UInt8(ascii: " ")) ?? []
        scopes = names.map { String(Substring($0)) }
        clientID = response["client_id"]?.string
        subject = response["sub"]?.string
        username = response["username"]?.string
        tokenType = response["token_type"]?.string
        audience = response["aud"].map { $0.string.map { [$0] } ?? $0.elements.compactMap(\.string) } ?? []
        issuer = response["iss"]?.string
        expiresAt = response["exp"]?.double.flatMap(Date.init(numericDate:))
        issuedAt = response["iat"]?.double.flatMap(Date.init(numericDate:))
        keyThumbprint = response["cnf"]?["jkt"]?.string
    }
}

extension IntrospectionResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "IntrospectionResponse(\(isActive ? "active" : "inactive"))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["isActive": isActive]) }
}
