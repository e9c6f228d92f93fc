import CountersignCrypto
import CountersignHTTP

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An access token with its type, lifetime and scopes.
///
/// Its description is redacted. Only ``value`` and ``authorizationHeader`` contain the token itself.
public struct AccessToken: Sendable {
    /// The type of an access token, which is also the authentication scheme (RFC 6749 section 7.1).
    public enum TokenType: String, Sendable, Hashable, CustomStringConvertible {
        /// A bearer token (RFC 6750), which anyone who has it can use.
        case bearer = "Bearer"
        /// A token that is bound to a key (RFC 9449). Every request with it is signed with that key.
        case dpop = "DPoP"

        public var description: String { rawValue }
    }

    // One object, so that a copy costs one retain.
    private final class Storage: Sendable {
        let value: String
        let authorization: String
        let hash: String?
        let type: TokenType
        let key: DPoPKey?
        let lifetime: Duration?
        let scopes: [String]?
        let requestedAt: MonotonicInstant?
        let expiresAt: Date?

        init(
            value: String,
            type: TokenType,
            key: DPoPKey?,
            lifetime: Duration?,
            scopes: [String]?,
            requestedAt: MonotonicInstant?,
            expiresAt: Date?
        ) {
            self.value = value
            self.type = type
            self.key = key
            self.lifetime = lifetime
            self.scopes = scopes
            self.requestedAt = requestedAt
            self.expiresAt = expiresAt
            authorization = "\(type.rawValue) \(value)"
            hash = key == nil ? nil : Base64URL.encode(SHA2.sha256(Array(value.utf8)))
        }
    }

    private let storage: Storage

    /// Creates a token that the runtime did not request itself, in a ``TokenSource``.
    ///
    /// - Parameters:
    ///   - value: The token as the authorization server issued it.
    ///   - lifetime: The remaining lifetime; nil if it is unknown.
    ///   - scopes: The granted scopes; nil if they are unknown.
    ///   - key: The key that the token is bound to (RFC 9449); nil for a bearer token.
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/malformedResponse`` if a header field cannot contain the value.
    public init(
        _ value: String,
        lifetime: Duration? = nil,
        scopes: [String]? = nil,
        boundTo key: DPoPKey? = nil
    ) throws(TokenError) {
        try self.init(value, lifetime: lifetime, scopes: scopes, boundTo: key, requestedAt: nil)
    }

    /// Creates a token that expires at a date, in a ``TokenSource``.
    ///
    /// The runtime compares the date with its clock when the source returns the token.
    ///
    /// - Parameters:
    ///   - value: The token as it was issued.
    ///   - expiresAt: The expiry.
    ///   - scopes: The granted scopes; nil if they are unknown.
    ///   - key: The key that the token is bound to (RFC 9449); nil for a bearer token.
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/malformedResponse`` if a header field cannot contain the value.
    public init(
        _ value: String,
        expiresAt: Date,
        scopes: [String]? = nil,
        boundTo key: DPoPKey? = nil
    ) throws(TokenError) {
        try self.init(
            value,
            lifetime: nil,
            scopes: scopes,
            boundTo: key,
            requestedAt: nil,
            expiresAt: expiresAt
        )
    }

    /// Creates a token whose lifetime began at `requestedAt`.
    package init(
        _ value: String,
        lifetime: Duration?,
        scopes: [String]?,
        boundTo key: DPoPKey?,
        requestedAt: MonotonicInstant?,
        expiresAt: Date? = nil
    ) throws(TokenError) {
        // Includes all characters of a token68 and a JWT, and excludes line breaks.
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TokenError(
                .malformedResponse,
                "the access token is empty or has a character that is invalid in a header"
            )
        }
        storage = Storage(
            value: value,
            type: key == nil ? .bearer : .dpop,
            key: key,
            lifetime: lifetime?.clamped,
            scopes: scopes,
            requestedAt: requestedAt,
            expiresAt: expiresAt
        )
    }

    private init(_ storage: Storage) {
        self.storage = storage
    }

    /// Returns the token with the lifetime that remains until its expiry date, if it has one.
    func withLifetime(from clock: any RuntimeClock) -> AccessToken {
        guard let expiresAt = storage.expiresAt, storage.lifetime == nil else { return self }
        return AccessToken(
            Storage(
                value: value,
                type: type,
                key: key,
                lifetime: (expiresAt.unixTime - clock.unixTime()).clampedToPositive,
                scopes: scopes,
                requestedAt: clock.now(),
                expiresAt: expiresAt
            )
        )
    }

    /// The token itself, which is secret.
    public var value: String { storage.value }

    /// The value of the `Authorization` field: the scheme and the token.
    ///
    /// It is secret.
    public var authorizationHeader: String { storage.authorization }

    /// The type of the token.
    public var type: TokenType { storage.type }

    /// The lifetime from the token request to the expiry; nil if it is unknown.
    public var lifetime: Duration? { storage.lifetime }

    /// The granted scopes; nil if the server did not send them, which means that they are the requested ones.
    public var scopes: [String]? { storage.scopes }

    /// The time of the token request; nil if it is the time of the fetch that returned the token.
    var requestedAt: MonotonicInstant? { storage.requestedAt }

    /// The key that the token is bound to; nil for a bearer token.
    package var key: DPoPKey? { storage.key }

    /// The hash of the token for the `ath` of a proof: SHA-256 in base64url.
    ///
    /// Nil for a bearer token.
    package var hash: String? { storage.hash }

    /// Indicates whether both are copies of the same token.
    ///
    /// Two tokens with equal values are not identical.
    package func isIdentical(to other: AccessToken) -> Bool {
        storage === other.storage
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(type) token <redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["type": type]) }
}
