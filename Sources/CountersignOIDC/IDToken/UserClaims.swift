@_spi(Generated) public import CountersignJSON

/// The claims of an authorization server about a user (OpenID Connect Core section 5).
///
/// ```swift
/// print(claims.name ?? claims.subject)
/// if let email = claims.email, claims.isEmailVerified { … }
/// if claims.roles(claim: "groups").contains("staff") { … }
/// ```
///
/// The description contains only the names of the claims, since the values are personal data.
public struct UserClaims: Sendable, Hashable {
    private var members: JSONValue.Members

    /// Creates claims from known values, for example in a test.
    public init(_ members: [String: JSONValue]) {
        self.members = JSONValue.Members(members)
    }

    init(members: JSONValue.Members) {
        self.members = members
    }

    /// The value of a claim; nil if it is missing or null.
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

    /// The user's full name for display (`name`).
    public var name: String? { text("name") }

    /// The user's given name (`given_name`).
    public var givenName: String? { text("given_name") }

    /// The user's family name (`family_name`).
    public var familyName: String? { text("family_name") }

    /// The name that the user prefers for logging in (`preferred_username`), which may change and need not be unique.
    public var preferredUsername: String? { text("preferred_username") }

    /// The user's email address (`email`), which need not be unique or verified.
    public var email: String? { text("email") }

    /// True if the authorization server has verified ``email`` (`email_verified`).
    public var isEmailVerified: Bool { members["email_verified"] == .bool(true) }

    /// The URL of the user's picture (`picture`).
    public var picture: String? { text("picture") }

    /// The user's language (`locale`), such as `en-GB`.
    public var locale: String? { text("locale") }

    /// The user's roles (`roles`): the strings of an array, or a single string.
    public var roles: [String] { roles(claim: "roles") }

    /// Returns the user's roles from another claim, since servers differ.
    public func roles(claim: String) -> [String] {
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
        return UserClaims(members: merged)
    }

    /// The claims without those that describe the token instead of the user.
    package var aboutTheUser: UserClaims {
        var members = members
        for name in Self.aboutTheToken { members[name] = nil }
        return UserClaims(members: members)
    }

    private static let aboutTheToken = [
        "aud", "azp", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "s_hash",
    ]
}

@_spi(Generated)
extension UserClaims: JSONDecodable, JSONEncodable {
    /// Decodes the members of a JSON object, without those that are null.
    public init(json: JSONNode) throws(JSONDecodingError) {
        members = try JSONValue.Members(json: json)
        for (name, value) in members where value == .null { members[name] = nil }
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
