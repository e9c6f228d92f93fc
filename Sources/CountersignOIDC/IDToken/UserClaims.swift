@_spi(Generated) public import CountersignJSON

/// The claims of an authorization server about a user (OpenID Connect Core section 5).
///
/// ```swift
/// print(claims.name() ?? claims.subject)
/// if claims.roles(claim: "groups").contains("staff") { … }
/// if case .bool(true) = claims["email_verified"] { … }
/// ```
///
/// The description contains only the names of the claims, since the values are personal data.
public struct UserClaims: Sendable, Hashable {
    private var members: JSONValue.Members

    /// Creates claims from known values, for example in a test.
    public init(_ members: [String: JSONValue]) {
        self.members = JSONValue.Members(members)
    }

    private init(_ members: JSONValue.Members) {
        self.members = members
    }

    /// The value of a claim; nil if it is missing.
    public subscript(_ name: String) -> JSONValue? { members[name] }

    /// The names of the claims in alphabetical order.
    public var names: [String] { members.keys }

    /// The user's identifier (`sub`), which is unique at the issuer and never reassigned.
    ///
    /// Empty if neither an ID token nor userinfo was requested.
    public var subject: String { text("sub") ?? "" }

    /// Returns the value of a claim that is a string; nil if it is missing or has another type.
    public func text(_ name: String) -> String? {
        guard case .string(let text) = members[name] else { return nil }
        return text
    }

    /// Returns the user's display name.
    ///
    /// - Parameter claim: The claim that contains it, since servers differ.
    public func name(claim: String = "name") -> String? { text(claim) }

    /// Returns the user's roles: the strings of an array, or a single string.
    ///
    /// - Parameter claim: The claim that contains them, since servers differ.
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

    /// Returns these claims plus those of `others` that are missing here.
    package func merging(_ others: UserClaims) -> UserClaims {
        var merged = others.members
        for (name, value) in members { merged[name] = value }
        return UserClaims(merged)
    }

    /// The claims without those that describe the token instead of the user.
    package var aboutTheUser: UserClaims {
        var members = members
        for name in Self.aboutTheToken { members[name] = nil }
        return UserClaims(members)
    }

    private static let aboutTheToken = [
        "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash",
    ]
}

@_spi(Generated)
extension UserClaims: JSONDecodable, JSONEncodable {
    /// Decodes the members of a JSON object.
    public init(json: JSONNode) throws(JSONDecodingError) {
        members = try JSONValue.Members(json: json)
    }

    /// Encodes the claims as a JSON object with the members in alphabetical order.
    public func encode(to json: inout JSONWriter) {
        members.encode(to: &json)
    }
}

extension UserClaims: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "UserClaims(\(names.joined(separator: ", ")))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["names": names]) }
}
