extension HTTP {
    /// A transport, which sends requests to servers.
    ///
    /// Use ``CurlTransport`` in production. Write your own transport to use another HTTP library, or to script responses in
    /// tests. The layers above rely on these rules, which every transport must follow:
    ///
    /// - Send a request **at most once**. Do not resend it, even on a pooled connection that the server closed: a DPoP
    ///   proof is valid for one request (RFC 9449 section 11.1).
    /// - Return redirects; never follow them. A proof names its method and URL, and credentials belong to their origin.
    /// - Send the method, the target and the fields as given. Add no cookies or credentials, and use no cache.
    /// - Verify the certificate of the server.
    /// - When the task is cancelled, throw ``HTTP/TransportError/Kind/cancelled`` immediately.
    public protocol Transport: Sendable {
        /// Sends a request and returns the response, with any status.
        ///
        /// - Throws: ``HTTP/TransportError`` if there is no complete response.
        nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    }
}
