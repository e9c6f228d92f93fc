extension HTTP {
    /// The body of a request.
    public struct Body: Sendable {
        private enum Content: Sendable {
            case bytes([UInt8])
            case once([UInt8])
        }

        private let content: Content

        /// A body whose bytes are all there.
        ///
        /// They are kept until the call has ended, so that the request can be sent again, for a new token say: as much memory
        /// as the body is long.
        public static func bytes(_ bytes: [UInt8]) -> HTTP.Body { HTTP.Body(content: .bytes(bytes)) }

        /// A body that goes out once at most: what would be sent again with other bodies (for a nonce, a new token, a passing
        /// failure) ends with what the server said.
        public static func once(_ bytes: [UInt8]) -> HTTP.Body { HTTP.Body(content: .once(bytes)) }

        /// The bytes, when they are all there; `nil` for a body that is produced while it is sent.
        public var bytes: [UInt8]? {
            switch content {
            case .bytes(let bytes), .once(let bytes): bytes
            }
        }

        /// Whether the body can be sent a second time.
        public var isReplayable: Bool {
            switch content {
            case .bytes: true
            case .once: false
            }
        }
    }
}
