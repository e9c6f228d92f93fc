public import CountersignHTTP

/// What a ``LoopbackServer`` does with a request.
public enum LoopbackAnswer: Sendable {
    /// Sends the response. `Content-Length` and `Transfer-Encoding` are the server's own, and `Date` is added unless
    /// the response has one.
    case response(HTTPResponse)
    /// Closes the connection without a byte, as a server does that dies while it works.
    case closeWithoutAnswer
    /// Announces the whole body, sends this many bytes of it, and closes the connection.
    case truncated(HTTPResponse, after: Int)
}
