extension HTTP {
    /// A response that has come completely.
    public struct Response: Sendable, Hashable {
        /// The final status; informational responses (1xx) are not reported.
        public var status: HTTP.Status
        /// The fields as the server sent them: order, spelling and duplicates are kept; trailers are not among them.
        public var fields: HTTP.Fields
        /// The body, with transfer codings removed and content codings left as they are.
        public var body: [UInt8]

        public init(status: HTTP.Status, fields: HTTP.Fields = [:], body: [UInt8] = []) {
            self.status = status
            self.fields = fields
            self.body = body
        }
    }
}

extension HTTP.Response: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The response without its body and without cookies, which may be secret.
    public var description: String { "\(status.rawValue)\n\(fields)\n\n<\(body.count) bytes>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
