extension HTTP {
    /// A request as it is sent, once.
    public struct Request: Sendable {
        public var method: HTTP.Method
        public var url: HTTP.URL
        /// The fields, sent in this order and spelling.
        ///
        /// `Host`, `Content-Length` and the other fields of the connection are the transport's.
        public var fields: HTTP.Fields
        public var body: HTTP.Body?
        /// The time after which the request is given up, from the call of `send` to the last byte of the answer.
        ///
        /// `nil` means the transport's own.
        public var timeout: Duration?
        /// How many bytes the body of the answer may have; `nil` means the transport's own limit.
        public var maximumResponseBytes: Int?

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
    /// The request without its query, its credentials and its body, any of which may be secret.
    public var description: String {
        let size = body?.bytes.map { "\n\n<\($0.count) bytes>" } ?? ""
        return "\(method.rawValue) \(url)\n\(fields)\(size)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
