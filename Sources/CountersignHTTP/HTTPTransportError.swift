extension HTTP {
    /// Why a request has no complete response.
    public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
        /// What went wrong, for code to decide on.
        ///
        /// More may be added.
        public struct Kind: Sendable, Hashable, CustomStringConvertible {
            private enum Code: String, Sendable {
                case cancelled = "cancelled"
                case timedOut = "timed out"
                case nameResolution = "name resolution failed"
                case connect = "connection failed"
                case tls = "TLS failed"
                case closed = "connection closed"
                case tooLarge = "response too large"
                case refused = "request refused"
                case other = "transport failed"
            }

            private let code: Code

            private init(_ code: Code) { self.code = code }

            /// The task was cancelled, or the transport was shut down.
            public static let cancelled = Kind(.cancelled)
            /// The answer, or the connection, did not come in time.
            public static let timedOut = Kind(.timedOut)
            /// The host's address was not found.
            public static let nameResolution = Kind(.nameResolution)
            /// No connection to the server could be made.
            public static let connect = Kind(.connect)
            /// The TLS handshake failed, or the server's certificate is not trusted for that host.
            public static let tls = Kind(.tls)
            /// The connection ended before the answer, or within it.
            public static let closed = Kind(.closed)
            /// The answer was larger than allowed.
            public static let tooLarge = Kind(.tooLarge)
            /// The request breaks a rule of the transport, and nothing was sent.
            public static let refused = Kind(.refused)
            /// Something else, such as an answer that is not HTTP.
            public static let other = Kind(.other)

            public var description: String { code.rawValue }
        }

        public var kind: Kind
        /// What happened, for people, without field values, query and body.
        public var message: String
        /// Whether the server may have acted on the request: `false` only when it is certain that no byte of it was sent.
        public var requestMayHaveBeenProcessed: Bool

        public init(kind: Kind, message: String, requestMayHaveBeenProcessed: Bool) {
            self.kind = kind
            self.message = message
            self.requestMayHaveBeenProcessed = requestMayHaveBeenProcessed
        }

        public var description: String { message.isEmpty ? kind.description : "\(kind): \(message)" }
    }
}
