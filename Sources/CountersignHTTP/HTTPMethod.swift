extension HTTP {
    /// A request method (RFC 9110 section 9).
    public struct Method: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name of the method, such as `GET`.
        public let rawValue: String

        /// Creates a method; returns `nil` if the name is not a token (RFC 9110 section 5.6.2).
        ///
        /// Names are case-sensitive: `get` is not `GET`.
        public init?(rawValue: String) {
            guard rawValue.isHTTPToken else { return nil }
            self.rawValue = rawValue
        }

        private init(known: String) { rawValue = known }

        public static let get = HTTP.Method(known: "GET")
        public static let head = HTTP.Method(known: "HEAD")
        public static let post = HTTP.Method(known: "POST")
        public static let put = HTTP.Method(known: "PUT")
        public static let patch = HTTP.Method(known: "PATCH")
        public static let delete = HTTP.Method(known: "DELETE")
        public static let options = HTTP.Method(known: "OPTIONS")

        /// True for methods that do not change state on the server (RFC 9110 section 9.2.1).
        public var isSafe: Bool {
            switch rawValue {
            case "GET", "HEAD", "OPTIONS", "TRACE": true
            default: false
            }
        }

        /// True for methods where a repeated request has the same effect as one (RFC 9110 section 9.2.2).
        public var isIdempotent: Bool {
            switch rawValue {
            case "PUT", "DELETE": true
            default: isSafe
            }
        }

        public var description: String { rawValue }
    }
}
