public import CountersignHTTP
public import CountersignJSON

/// A request that a ``FakeResourceServer`` has let through to its route.
public struct ResourceRequest: Sendable {
    /// The request as it came in.
    public let request: HTTP.Request
    /// The token that it carries; nil on a route that is open to anyone.
    public let token: IssuedToken?
    private let captures: [String: String]

    init(request: HTTP.Request, token: IssuedToken?, captures: [String: String]) {
        self.request = request
        self.token = token
        self.captures = captures
    }

    /// The method.
    public var method: HTTP.Method { request.method }

    /// The URL that the client called.
    public var url: HTTP.URL { request.url }

    /// The header fields.
    public var fields: HTTP.Fields { request.fields }

    /// The content; empty when there is none.
    public var body: [UInt8] { request.body?.bytes ?? [] }

    /// What stands in the path at `{name}` of the route's template, percent-decoded.
    public func parameter(_ name: String) -> String? {
        captures[name]
    }

    /// The content as JSON; nil when it is none.
    public var json: JSONValue? {
        guard let document = try? JSONDocument(parsing: body) else { return nil }
        return try? JSONValue(json: document.root)
    }

    /// The first value of a query parameter, percent-decoded.
    public func query(_ name: String) -> String? {
        url.query.flatMap { FormParameters(Array($0.utf8)) }?[name]
    }
}
