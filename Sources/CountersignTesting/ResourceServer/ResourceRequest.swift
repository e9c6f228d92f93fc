public import CountersignHTTP
@_spi(Generated) public import CountersignJSON

/// An authorized request that a ``FakeResourceServer`` passes to the handler of a route.
public struct ResourceRequest: Sendable {
    /// The request as received.
    public let request: HTTP.Request
    /// The access token of the request; nil on an open route.
    public let token: IssuedToken?
    private let captures: [String: String]

    init(request: HTTP.Request, token: IssuedToken?, captures: [String: String]) {
        self.request = request
        self.token = token
        self.captures = captures
    }

    /// The method.
    public var method: HTTP.Method { request.method }

    /// The URL.
    public var url: HTTP.URL { request.url }

    /// The header fields.
    public var fields: HTTP.Fields { request.fields }

    /// The body; empty if there is none.
    public var body: [UInt8] { request.body?.bytes ?? [] }

    /// Returns the path segment at `{name}` in the route's template, percent-decoded.
    public func parameter(_ name: String) -> String? {
        captures[name]
    }

    /// The body as JSON; nil if it is not valid JSON.
    public var json: JSONValue? {
        guard let document = try? JSONDocument(parsing: body) else { return nil }
        return try? JSONValue(json: document.root)
    }

    /// Returns the first value of a query parameter, percent-decoded.
    public func query(_ name: String) -> String? {
        url.query.flatMap { FormParameters(Array($0.utf8)) }?[name]
    }
}
