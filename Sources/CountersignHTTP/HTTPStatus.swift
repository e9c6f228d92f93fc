extension HTTP {
    /// The status code of a response (RFC 9110 section 15).
    public struct Status: RawRepresentable, Hashable, Sendable {
        /// The status code, such as 404.
        public let rawValue: Int

        /// Creates a status from any code.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Creates a status from any code.
        public init(_ code: Int) { rawValue = code }

        public static let ok: HTTP.Status = 200
        public static let created: HTTP.Status = 201
        public static let accepted: HTTP.Status = 202
        public static let noContent: HTTP.Status = 204
        public static let notModified: HTTP.Status = 304
        public static let badRequest: HTTP.Status = 400
        public static let unauthorized: HTTP.Status = 401
        public static let forbidden: HTTP.Status = 403
        public static let notFound: HTTP.Status = 404
        public static let tooManyRequests: HTTP.Status = 429
        public static let internalServerError: HTTP.Status = 500
        public static let serviceUnavailable: HTTP.Status = 503

        /// True for 1xx codes.
        public var isInformational: Bool { 100...199 ~= rawValue }
        /// True for 2xx codes.
        public var isSuccess: Bool { 200...299 ~= rawValue }
        /// True for 3xx codes.
        public var isRedirection: Bool { 300...399 ~= rawValue }
        /// True for 4xx codes.
        public var isClientError: Bool { 400...499 ~= rawValue }
        /// True for 5xx codes.
        public var isServerError: Bool { 500...599 ~= rawValue }
    }
}

extension HTTP.Status: ExpressibleByIntegerLiteral, CustomStringConvertible {
    public init(integerLiteral code: Int) { rawValue = code }

    public var description: String { String(rawValue) }
}
