// The parts of swift-http-types that the adapters use.

public struct HTTPField: Sendable {
    public struct Name: Sendable, Hashable {
        public let rawName: String
        public init?(_ name: String) { rawName = name }
        private init(known name: String) { rawName = name }

        public static var cacheControl: Name { Name(known: "Cache-Control") }
        public static var contentType: Name { Name(known: "Content-Type") }
        public static var cookie: Name { Name(known: "Cookie") }
        public static var location: Name { Name(known: "Location") }
        public static var setCookie: Name { Name(known: "Set-Cookie") }
    }

    public var name: Name
    public var value: String

    public init(name: Name, value: String) {
        self.name = name
        self.value = value
    }
}

public struct HTTPFields: Sendable, ExpressibleByDictionaryLiteral, RandomAccessCollection {
    private var fields: [HTTPField] = []

    public init() {}
    public init(dictionaryLiteral elements: (HTTPField.Name, String)...) {}

    public var startIndex: Int { fields.startIndex }
    public var endIndex: Int { fields.endIndex }
    public subscript(index: Int) -> HTTPField { fields[index] }
    public subscript(name: HTTPField.Name) -> String? {
        get { nil }
        set {}
    }
    public mutating func append(_ field: HTTPField) { fields.append(field) }
}

public struct HTTPRequest: Sendable {
    public struct Method: Sendable, Hashable, RawRepresentable {
        public let rawValue: String
        public init?(rawValue: String) { self.rawValue = rawValue }
        private init(known: String) { rawValue = known }
        public static var get: Method { Method(known: "GET") }
        public static var post: Method { Method(known: "POST") }
    }

    public var method: Method
    public var path: String?
    public var headerFields = HTTPFields()
}

public struct HTTPResponse: Sendable {
    public struct Status: Sendable, Hashable {
        public let code: Int
        public static var seeOther: Status { Status(code: 303) }
        public static var badRequest: Status { Status(code: 400) }
        public static var unauthorized: Status { Status(code: 401) }
        public static var forbidden: Status { Status(code: 403) }
        public static var internalServerError: Status { Status(code: 500) }
        public static var badGateway: Status { Status(code: 502) }
        public static var serviceUnavailable: Status { Status(code: 503) }
        public static var gatewayTimeout: Status { Status(code: 504) }
    }

    public var status: Status
    public var headerFields = HTTPFields()
}
