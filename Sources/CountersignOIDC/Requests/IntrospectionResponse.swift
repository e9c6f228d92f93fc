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

    init(_ response: JSONMembers) throws(TokenError) {
        func malformed(_ reason: String) -> TokenError {
            TokenError(.malformedResponse, "the response of the introspection endpoint is invalid: \(reason)")
        }
        guard let isActive = (try? response.value("active"))?.bool else {
            throw malformed("active is not true or false")
        }
        self.isActive = isActive
        do throws(JSONDecodingError) {
            // Without it, a token that is bound to a key would pass for a bearer token.
            keyThumbprint = try response.object("cnf")?.string("jkt")
        } catch {
            throw malformed("cnf: \(error)")
        }
        members = response.values()
        scopes = response.scopes() ?? []
        clientID = try? response.string("client_id")
        subject = try? response.string("sub")
        username = try? response.string("username")
        tokenType = try? response.string("token_type")
        audience = (try? response.strings("aud")) ?? []
        issuer = try? response.string("iss")
        expiresAt = (try? response.number("exp")).flatMap(Date.init(numericDate:))
        issuedAt = (try? response.number("iat")).flatMap(Date.init(numericDate:))
    }
}

extension IntrospectionResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "IntrospectionResponse(\(isActive ? "active" : "inactive"))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["isActive": isActive]) }
}
