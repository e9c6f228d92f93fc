public import CountersignHTTP

/// The response of a ``LoopbackServer``, or the way in which it closes the connection.
public enum LoopbackResponse: Sendable {
    /// Sends the response.
    ///
    /// The server sets `Content-Length` and `Transfer-Encoding`, and adds `Date` if it is missing.
    case response(HTTP.Response)
    /// Sends the response, and calls the closure once, after the last byte was sent or the connection was closed.
    ///
    /// A program that exits after a response waits for this call. The closure runs on the server's thread: it must neither
    /// block, nor stop the server, nor hold the last reference to it.
    case notifying(HTTP.Response, whenSent: @Sendable () -> Void)
    /// Closes the connection without a response, as a crashing server does.
    case closeWithoutResponse
    /// Sends the header and this many bytes of the body, and then closes the connection.
    case truncated(HTTP.Response, after: Int)
}
