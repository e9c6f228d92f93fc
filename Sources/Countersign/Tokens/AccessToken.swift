import CountersignCrypto
import CountersignHTTP

/// An access token, with what is known of it.
///
/// It prints without its value, which only ``authorization`` and ``value`` give away.
public struct AccessToken: Sendable {
    /// How a token is presented (RFC 6749 section 7.1).
    public enum TokenType: String, Sendable, Hashable, CustomStringConvertible {
        /// RFC 6750: whoever holds the token may use it.
        case bearer = "Bearer"
        /// RFC 9449: every use is signed with the key that the token is bound to.
        case dpop = "DPoP"

        public var description: String { rawValue }
    }

    // One object, so that handing a token out costs one retain.
    private final class Storage: Sendable {
        let value: String
        let authorization: String
        let hash: String?
        let type: TokenType
        let key: DPoPKey?
        let lifetime: Duration?
        let scopes: [String]?
        let askedAt: MonotonicInstant?

        init(
            value: String,
            type: TokenType,
            key: DPoPKey?,
            lifetime: Duration?,
            scopes: [String]?,
            askedAt: MonotonicInstant?
        ) {
            self.value = value
            self.type = type
            self.key = key
            self.lifetime = lifetime
            self.scopes = scopes
            self.askedAt = askedAt
            authorization = "\(type.rawValue) \(value)"
            hash = key == nil ? nil : Base64URL.encode(SHA2.sha256(Array(value.utf8)))
        }
    }

    private let storage: Storage

    /// A token that came from elsewhere: what a ``TokenSource`` returns.
    ///
    /// - Parameters:
    ///   - value: The token as the authorization server issued it.
    ///   - lifetime: How long it may be used from now on, where that is known.
    ///   - scopes: The scopes that it was granted, where they are known.
    ///   - key: The key that the token is bound to (RFC 9449); without one it is a bearer token.
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/malformedResponse`` when the value could not stand in a header.
    public init(
        _ value: String,
        lifetime: Duration? = nil,
        scopes: [String]? = nil,
        boundTo key: DPoPKey? = nil
    ) throws(TokenError) {
        try self.init(value, lifetime: lifetime, scopes: scopes, boundTo: key, askedAt: nil)
    }

    /// A token whose life began at another time than now, or than the fetch that brings it.
    package init(
        _ value: String,
        lifetime: Duration?,
        scopes: [String]?,
        boundTo key: DPoPKey?,
        askedAt: MonotonicInstant?
    ) throws(TokenError) {
        // Everything that a token68 or a JWT may hold, and nothing that could end a header line.
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TokenError(.malformedResponse, "the access token is empty or has characters that no header may carry")
        }
        storage = Storage(
            value: value,
            type: key == nil ? .bearer : .dpop,
            key: key,
            lifetime: lifetime,
            scopes: scopes,
            askedAt: askedAt
        )
    }

    /// The token itself.
    ///
    /// Whoever reads it is responsible for where it goes.
    public var value: String { storage.value }

    /// The value of the `Authorization` field: the scheme and the token.
    public var authorizationHeader: String { storage.authorization }

    public var type: TokenType { storage.type }

    /// How long the token lived from the moment it was asked for; nil where the server did not say.
    public var lifetime: Duration? { storage.lifetime }

    /// The scopes that were granted; nil where the server did not say, which means: those asked for.
    public var scopes: [String]? { storage.scopes }

    /// When the token was asked for, where somebody else did that than the fetch that brings it.
    var askedAt: MonotonicInstant? { storage.askedAt }

    /// The key that the token is bound to; nil for a bearer token.
    package var key: DPoPKey? { storage.key }

    /// The `ath` of a proof: base64url(SHA-256(token)).
    package var hash: String? { storage.hash }

    /// Whether both are the very same token, not two with equal values.
    package func isIdentical(to other: AccessToken) -> Bool {
        storage === other.storage
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(type) token <redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["type": type]) }
}
