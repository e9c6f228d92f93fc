extension FakeAuthorizationServer {
    /// A `grant_type` (RFC 6749 section 4), also written as a literal.
    public struct GrantType: RawRepresentable, ExpressibleByStringLiteral, Sendable, Hashable, CustomStringConvertible {
        /// The name as it stands in requests.
        public let rawValue: String

        /// A grant type of any name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A grant type of any name.
        public init(stringLiteral value: String) {
            self.rawValue = value
        }

        /// RFC 6749 section 4.4.
        public static let clientCredentials: GrantType = "client_credentials"
        /// RFC 6749 section 4.1.
        public static let authorizationCode: GrantType = "authorization_code"
        /// RFC 6749 section 6.
        public static let refreshToken: GrantType = "refresh_token"
        /// RFC 8628.
        public static let deviceCode: GrantType = "urn:ietf:params:oauth:grant-type:device_code"
        /// RFC 8693.
        public static let tokenExchange: GrantType = "urn:ietf:params:oauth:grant-type:token-exchange"

        /// The name as it stands in requests.
        public var description: String { rawValue }
    }
}
