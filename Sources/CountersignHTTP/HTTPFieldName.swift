/// The name of a header field, equal to every other spelling of it in capitals and small letters (RFC 9110 section 5.1).
///
/// The spelling is kept: ``rawName`` is what goes on the wire, and in a response what the server wrote.
public struct HTTPFieldName: Hashable, Sendable, CustomStringConvertible {
    public let rawName: String

    /// Makes a name; `nil` when it is not a token (RFC 9110 section 5.6.2).
    public init?(_ name: String) {
        guard name.isHTTPToken else { return nil }
        rawName = name
    }

    /// A name that is known to be a token.
    package init(unchecked name: String) { rawName = name }

    public static func == (left: HTTPFieldName, right: HTTPFieldName) -> Bool {
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

extension HTTPFieldName: ExpressibleByStringLiteral {
    /// Makes a name from a literal.
    ///
    /// - Precondition: the literal is a token. Names from elsewhere go through the failable initialiser.
    public init(stringLiteral name: String) {
        precondition(name.isHTTPToken, "'\(name)' is not a header field name")
        rawName = name
    }
}

extension HTTPFieldName {
    public static let accept: HTTPFieldName = "Accept"
    public static let acceptEncoding: HTTPFieldName = "Accept-Encoding"
    public static let acceptLanguage: HTTPFieldName = "Accept-Language"
    public static let age: HTTPFieldName = "Age"
    public static let authorization: HTTPFieldName = "Authorization"
    public static let cacheControl: HTTPFieldName = "Cache-Control"
    public static let connection: HTTPFieldName = "Connection"
    public static let contentEncoding: HTTPFieldName = "Content-Encoding"
    public static let contentLength: HTTPFieldName = "Content-Length"
    public static let contentType: HTTPFieldName = "Content-Type"
    public static let cookie: HTTPFieldName = "Cookie"
    public static let date: HTTPFieldName = "Date"
    /// The proof of possession of a token (RFC 9449 section 4.1).
    public static let dpop: HTTPFieldName = "DPoP"
    /// The nonce a server wants in the next proof (RFC 9449 section 8).
    public static let dpopNonce: HTTPFieldName = "DPoP-Nonce"
    public static let eTag: HTTPFieldName = "ETag"
    public static let expires: HTTPFieldName = "Expires"
    public static let host: HTTPFieldName = "Host"
    public static let ifMatch: HTTPFieldName = "If-Match"
    public static let ifNoneMatch: HTTPFieldName = "If-None-Match"
    public static let lastModified: HTTPFieldName = "Last-Modified"
    public static let link: HTTPFieldName = "Link"
    public static let location: HTTPFieldName = "Location"
    public static let retryAfter: HTTPFieldName = "Retry-After"
    public static let setCookie: HTTPFieldName = "Set-Cookie"
    public static let transferEncoding: HTTPFieldName = "Transfer-Encoding"
    public static let userAgent: HTTPFieldName = "User-Agent"
    public static let wwwAuthenticate: HTTPFieldName = "WWW-Authenticate"
}
