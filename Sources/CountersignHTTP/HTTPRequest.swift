extension HTTP {
    /// An HTTP request, which a transport sends once.
    public struct Request: Sendable {
        /// The method.
        public var method: HTTP.Method
        /// The URL.
        public var url: HTTP.URL
        /// The header fields, sent in this order and spelling.
        ///
        /// The transport sets `Host`, `Content-Length` and the other fields of the connection.
        public var fields: HTTP.Fields
        /// The body, if the request has one.
        public var body: HTTP.Body?
        /// The timeout of the request, from the call of `send` to the last byte of the response.
        ///
        /// `nil` means the default of the transport.
        public var timeout: Duration?
        /// The limit for the body of the response, in bytes; `nil` means the default of the transport.
        public var maximumResponseBytes: Int?

        /// Creates a request.
        public init(
            method: HTTP.Method = .get,
            url: HTTP.URL,
            fields: HTTP.Fields = [:],
            body: HTTP.Body? = nil,
            timeout: Duration? = nil,
            maximumResponseBytes: Int? = nil
        ) {
            self.method = method
            self.url = url
            self.fields = fields
            self.body = body
            self.timeout = timeout
            self.maximumResponseBytes = maximumResponseBytes
        }
    }
}

extension HTTP.Request: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The request without its query, its credentials and its body, which could hold secrets.
    public var description: String {
        let size = body?.bytes.map { "\n\n<\($0.count) bytes>" } ?? ""
        return "\(method.rawValue) \(url)\n\(fields)\(size)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
