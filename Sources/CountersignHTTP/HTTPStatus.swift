/// The status code of a response (RFC 9110 section 15).
public struct HTTPStatus: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public init(_ code: Int) { rawValue = code }

    public static let ok: HTTPStatus = 200
    public static let created: HTTPStatus = 201
    public static let accepted: HTTPStatus = 202
    public static let noContent: HTTPStatus = 204
    public static let notModified: HTTPStatus = 304
    public static let badRequest: HTTPStatus = 400
    public static let unauthorized: HTTPStatus = 401
    public static let forbidden: HTTPStatus = 403
    public static let notFound: HTTPStatus = 404
    public static let tooManyRequests: HTTPStatus = 429
    public static let internalServerError: HTTPStatus = 500
    public static let serviceUnavailable: HTTPStatus = 503

    /// Whether the code is 1xx.
    public var isInformational: Bool { 100...199 ~= rawValue }
    /// Whether the code is 2xx.
    public var isSuccess: Bool { 200...299 ~= rawValue }
    /// Whether the code is 3xx.
    public var isRedirection: Bool { 300...399 ~= rawValue }
    /// Whether the code is 4xx.
    public var isClientError: Bool { 400...499 ~= rawValue }
    /// Whether the code is 5xx.
    public var isServerError: Bool { 500...599 ~= rawValue }
}

extension HTTPStatus: ExpressibleByIntegerLiteral, CustomStringConvertible {
    public init(integerLiteral code: Int) { rawValue = code }

    public var description: String { String(rawValue) }
}
