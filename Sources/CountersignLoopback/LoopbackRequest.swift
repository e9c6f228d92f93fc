public import CountersignHTTP

/// A request as received by a ``LoopbackServer``.
public struct LoopbackRequest: Sendable {
    /// The method.
    public let method: HTTP.Method
    /// The path and query as sent, starting with `/`; nothing is decoded or normalized.
    public let target: String
    /// The header fields as sent, with their order, spelling and duplicates.
    public let fields: HTTP.Fields
    /// The body; empty if the request has none.
    public let body: [UInt8]
    /// The URL of the request: the `Host`, which is a name of this server, and the target.
    public let url: HTTP.URL
}

extension LoopbackRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The request without its query, its credentials and its body, which could hold secrets.
    public var description: String { "\(method.rawValue) \(url)\n\(fields)\n\n<\(body.count) bytes>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
