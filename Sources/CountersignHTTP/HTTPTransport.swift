extension HTTP {
    /// What carries requests to servers.
    ///
    /// ``CurlTransport`` is the one for production. Write another to run over something else, or to script answers in a
    /// test. Every transport keeps these rules, since the layers above rely on them:
    ///
    /// - a request goes on the wire **at most once**: no resend, not even on a pooled connection that the server closed. A
    ///   DPoP proof is good for one request (RFC 9449 section 11.1);
    /// - redirects are returned, never followed: a proof names its method and URL, and credentials stay with their origin;
    /// - the method, the target and the fields are sent as given, and no cookie, credential or cache is added;
    /// - the certificate of the server is verified;
    /// - when the task is cancelled, `send` returns at once with ``HTTP/TransportError/Kind/cancelled``.
    public protocol Transport: Sendable {
        /// Sends a request and returns the response, whatever its status.
        ///
        /// - Throws: ``HTTP/TransportError`` when there is no complete response.
        nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    }
}
