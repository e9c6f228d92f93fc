extension HTTP {
    /// The body of a request.
    public struct Body: Sendable {
        private enum Content: Sendable {
            case bytes([UInt8])
            case once([UInt8])
        }

        private let content: Content

        /// Creates a body that can be resent.
        ///
        /// The bytes stay in memory until the call ends, so that the request can be resent, for example with a new token.
        public static func bytes(_ bytes: [UInt8]) -> HTTP.Body { HTTP.Body(content: .bytes(bytes)) }

        /// Creates a body that is sent at most once.
        ///
        /// A request that would be resent with other bodies (for a nonce, a new token or a transient failure) ends with the
        /// response of the server.
        public static func once(_ bytes: [UInt8]) -> HTTP.Body { HTTP.Body(content: .once(bytes)) }

        /// The bytes of the body; `nil` for a body that is produced while it is sent.
        public var bytes: [UInt8]? {
            switch content {
            case .bytes(let bytes), .once(let bytes): bytes
            }
        }

        /// True if the body can be sent more than once.
        public var isResendable: Bool {
            switch content {
            case .bytes: true
            case .once: false
            }
        }
    }
}

extension HTTP.Body: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The size of the body, whose contents could be secret.
    public var description: String { "<\(bytes?.count ?? 0) bytes>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["body": description]) }
}
