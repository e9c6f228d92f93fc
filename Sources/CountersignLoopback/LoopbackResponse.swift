public import CountersignHTTP

/// What a ``LoopbackServer`` does with a request.
public enum LoopbackAnswer: Sendable {
    /// Sends the response. `Content-Length` and `Transfer-Encoding` are the server's own, and `Date` is added unless
    /// the response has one.
    case response(HTTPResponse)
    /// Sends the response, and calls the closure once: when the system has taken the last byte of it, or the connection
    /// is gone.
    ///
    /// For programs that end when they have answered: what the system has taken arrives without them. It is called on the
    /// server's own thread, which it must neither block nor end: it does not stop the server, nor keep it alive.
    case notifying(HTTPResponse, whenSent: @Sendable () -> Void)
    /// Closes the connection without a byte, as a server does that dies while it works.
    case closeWithoutAnswer
    /// Announces the whole body, sends this many bytes of it, and closes the connection.
    case truncated(HTTPResponse, after: Int)
}
