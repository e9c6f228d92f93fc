extension HTTP {
    /// The name of a header field, compared case-insensitively (RFC 9110 section 5.1).
    ///
    /// ``rawName`` preserves the case: of the request as sent, and of the response as received.
    public struct FieldName: Hashable, Sendable, CustomStringConvertible {
        /// The name in its original case.
        public let rawName: String

        /// Creates a name; returns `nil` if the text is not a token (RFC 9110 section 5.6.2).
        public init?(_ name: String) {
            guard name.isHTTPToken else { return nil }
            rawName = name
        }

        /// Creates a name that is known to be a token.
        package init(unchecked name: String) { rawName = name }

        public static func == (left: HTTP.FieldName, right: HTTP.FieldName) -> Bool {
            let (a, b) = (left.rawName.utf8, right.rawName.utf8)
            guard a.count == b.count else { return false }
            return left.rawName == right.rawName
                || zip(a, b).allSatisfy { $0 == $1 || $0.asciiLowercased == $1.asciiLowercased }
        }

        public func hash(into hasher: inout Hasher) {
            for byte in rawName.utf8 { hasher.combine(byte.asciiLowercased) }
            hasher.combine(0xFF as UInt8)
        }

        public var description: String { rawName }
    }
}

extension HTTP.FieldName: ExpressibleByStringLiteral {
    /// Creates a name from a literal.
    ///
    /// - Precondition: The literal is a token. For names from other sources, use the failable initializer.
    public init(stringLiteral name: String) {
        precondition(name.isHTTPToken, "'\(name)' is not a header field name")
        rawName = name
    }
}

extension HTTP.FieldName {
    public static let accept: HTTP.FieldName = "Accept"
    public static let acceptEncoding: HTTP.FieldName = "Accept-Encoding"
    public static let acceptLanguage: HTTP.FieldName = "Accept-Language"
    public static let age: HTTP.FieldName = "Age"
    public static let authorization: HTTP.FieldName = "Authorization"
    public static let cacheControl: HTTP.FieldName = "Cache-Control"
    public static let connection: HTTP.FieldName = "Connection"
    public static let contentEncoding: HTTP.FieldName = "Content-Encoding"
    public static let contentLength: HTTP.FieldName = "Content-Length"
    public static let contentType: HTTP.FieldName = "Content-Type"
    public static let cookie: HTTP.FieldName = "Cookie"
    public static let date: HTTP.FieldName = "Date"
    /// The DPoP proof of a request (RFC 9449 section 4.1).
    public static let dpop: HTTP.FieldName = "DPoP"
    /// The nonce that a server requires in the next DPoP proof (RFC 9449 section 8).
    public static let dpopNonce: HTTP.FieldName = "DPoP-Nonce"
    public static let eTag: HTTP.FieldName = "ETag"
    public static let expires: HTTP.FieldName = "Expires"
    public static let host: HTTP.FieldName = "Host"
    public static let ifMatch: HTTP.FieldName = "If-Match"
    public static let ifNoneMatch: HTTP.FieldName = "If-None-Match"
    public static let lastModified: HTTP.FieldName = "Last-Modified"
    public static let link: HTTP.FieldName = "Link"
    public static let location: HTTP.FieldName = "Location"
    public static let retryAfter: HTTP.FieldName = "Retry-After"
    public static let setCookie: HTTP.FieldName = "Set-Cookie"
    public static let transferEncoding: HTTP.FieldName = "Transfer-Encoding"
    public static let userAgent: HTTP.FieldName = "User-Agent"
    public static let wwwAuthenticate: HTTP.FieldName = "WWW-Authenticate"
}
