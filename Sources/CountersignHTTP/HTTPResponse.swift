extension HTTP {
    /// A complete HTTP response.
    public struct Response: Sendable, Hashable {
        /// The status of the final response; informational responses (1xx) are not reported.
        public var status: HTTP.Status
        /// The header fields as received, with their order, spelling and duplicates, but without trailers.
        public var fields: HTTP.Fields
        /// The body, with transfer codings removed and content codings kept.
        public var body: [UInt8]

        /// Creates a response.
        public init(status: HTTP.Status, fields: HTTP.Fields = [:], body: [UInt8] = []) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }
}

extension HTTP.Response: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The response without its body and its cookies, which could hold secrets.
    public var description: String { "\(status.rawValue)\n\(fields)\n\n<\(body.count) bytes>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
