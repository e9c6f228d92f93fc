// A module with types that have the names of swift-http-types and NIOHTTP1.

public enum HTTPMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
}

public struct HTTPFields: Sendable {
    public var names: [String]

    public init(_ names: [String] = []) { self.names = names }
}

public struct HTTPStatus: Sendable {
    public var code: Int

    public init(code: Int) { self.code = code }
}

public struct HTTPRequest: Sendable {
    public var method: HTTPMethod
    public var fields: HTTPFields

    public init(method: HTTPMethod, fields: HTTPFields) {
        self.method = method
        self.fields = fields
    }
}

public struct HTTPResponse: Sendable {
    public var status: HTTPStatus

    public init(status: HTTPStatus) { self.status = status }
}
