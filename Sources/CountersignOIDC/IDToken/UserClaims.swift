public import CountersignJSON

/// What an authorization server says of a user (OpenID Connect Core section 5).
///
/// ```swift
/// print(claims.name() ?? claims.subject)
/// if claims.roles(claim: "groups").contains("staff") { … }
/// if case .bool(true) = claims["email_verified"] { … }
/// ```
///
/// It prints the names of the claims only: their values are about a person.
public struct UserClaims: Sendable, Hashable {
    private var members: [String: JSONValue]

    /// Claims that are known already, in a test for example.
    public init(_ members: [String: JSONValue]) {
        self.members = members
    }

    /// The value of a claim; nil when the server did not say.
    public subscript(_ name: String) -> JSONValue? { members[name] }

    /// The names of the claims, in alphabetical order.
    public var names: [String] { members.keys.sorted() }

    /// The user's identifier (`sub`), unique at the issuer and never given to another.
    ///
    /// Empty when nobody has said who the user is: then neither `openid` nor userinfo was asked for.
    public var subject: String { text("sub") ?? "" }

    /// The text of a claim; nil when it is missing or no text.
    public func text(_ name: String) -> String? {
        guard case .string(let text) = members[name] else { return nil }
        return text
    }

    /// The user's name for display.
    ///
    /// - Parameter claim: The claim that holds it; servers differ.
    public func name(claim: String = "name") -> String? { text(claim) }

    /// The user's roles: the texts of an array, or the one text that stands in its place.
    ///
    /// - Parameter claim: The claim that holds them; servers differ.
    public func roles(claim: String = "roles") -> [String] {
        switch members[claim] {
        case .string(let role): return [role]
        case .array(let elements):
            return elements.compactMap { element in
                guard case .string(let role) = element else { return nil }
                return role
            }
        default: return []
        }
    }

    /// These claims, and those of `others` that are not among them.
    package func merging(_ others: UserClaims) -> UserClaims {
        UserClaims(members.merging(others.members) { mine, _ in mine })
    }

    /// The claims without those that are about the token and not about the user.
    package var aboutTheUser: UserClaims {
        UserClaims(members.filter { !Self.aboutTheToken.contains($0.key) })
    }

    private static let aboutTheToken: Set<String> = [
        "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash",
    ]
}

extension UserClaims: JSONDecodable, JSONEncodable {
    /// Reads the members of a JSON object.
    public init(json: JSONNode) throws(JSONDecodingError) {
        members = try [String: JSONValue](json: json)
    }

    /// Writes a JSON object, its members in alphabetical order.
    public func encode(to json: inout JSONWriter) {
        members.encode(to: &json)
    }
}

extension UserClaims: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "UserClaims(\(names.joined(separator: ", ")))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["names": names]) }
}
