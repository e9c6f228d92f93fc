extension FakeAuthorizationServer {
    /// A `grant_type` (RFC 6749 section 4), which can be written as a string literal.
    public struct GrantType: RawRepresentable, ExpressibleByStringLiteral, Sendable, Hashable, CustomStringConvertible {
        /// The name in requests.
        public let rawValue: String

        /// Creates a grant type with any name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Creates a grant type with any name.
        public init(stringLiteral value: String) {
            self.rawValue = value
        }

        /// The client credentials grant (RFC 6749 section 4.4).
        public static let clientCredentials: GrantType = "client_credentials"
        /// The authorization code grant (RFC 6749 section 4.1).
        public static let authorizationCode: GrantType = "authorization_code"
        /// The refresh token grant (RFC 6749 section 6).
        public static let refreshToken: GrantType = "refresh_token"
        /// The device authorization grant (RFC 8628).
        public static let deviceCode: GrantType = "urn:ietf:params:oauth:grant-type:device_code"
        /// Token exchange (RFC 8693).
        public static let tokenExchange: GrantType = "urn:ietf:params:oauth:grant-type:token-exchange"

        /// The name in requests.
        public var description: String { rawValue }
    }
}
