public import CountersignHTTP

/// A request as it came over the wire.
public struct LoopbackRequest: Sendable {
    /// The method.
    public let method: HTTPMethod
    /// Path and query, beginning with `/`, exactly as they were sent: nothing is decoded or normalised.
    public let target: String
    /// The header fields in their order, repeated ones included, names spelt as sent.
    public let fields: HTTPFields
    /// The content; empty when there was none.
    public let body: [UInt8]
    /// What the client called: its `Host`, which is one of the server's own names, and the target.
    public let url: HTTPURL
}
