extension HTTP {
    /// The error of a request that has no complete response.
    public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The kind of a transport error; more kinds may be added.
        public struct Kind: Sendable, Hashable, CustomStringConvertible {
            private enum Code: String, Sendable {
                case cancelled = "cancelled"
                case timedOut = "timed out"
                case nameResolution = "name resolution failed"
                case connect = "connection failed"
                case tls = "TLS failed"
                case closed = "connection closed"
                case tooLarge = "response too large"
                case invalidRequest = "invalid request"
                case other = "transport failed"
            }

            private let code: Code

            private init(_ code: Code) { self.code = code }

            /// The task was cancelled, or the transport was closed.
            public static let cancelled = Kind(.cancelled)
            /// The connection or the response was not complete before the timeout.
            public static let timedOut = Kind(.timedOut)
            /// The name of the host could not be resolved.
            public static let nameResolution = Kind(.nameResolution)
            /// No connection to the server could be established.
            public static let connect = Kind(.connect)
            /// The TLS handshake failed, or the server's certificate is not trusted for the host.
            public static let tls = Kind(.tls)
            /// The connection was closed before or within the response.
            public static let closed = Kind(.closed)
            /// The response exceeds a size limit.
            public static let tooLarge = Kind(.tooLarge)
            /// The request violates a rule of the transport, and was not sent.
            public static let invalidRequest = Kind(.invalidRequest)
            /// Another error, such as a response that is not HTTP.
            public static let other = Kind(.other)

            /// A short text without dynamic values, suitable as a label of a metric.
            public var description: String { code.rawValue }
        }

        /// The kind of the error.
        public var kind: Kind
        /// The reason in plain words, without field values, queries and bodies.
        public var message: String
        /// Indicates whether the server may have processed the request; false only if no byte of it was sent.
        public var requestMayHaveBeenProcessed: Bool

        /// Creates an error, for transports of your own.
        public init(kind: Kind, message: String, requestMayHaveBeenProcessed: Bool) {
            self.kind = kind
            self.message = message
            self.requestMayHaveBeenProcessed = requestMayHaveBeenProcessed
        }

        /// The kind and the message in one line.
        public var description: String { message.isEmpty ? kind.description : "\(kind): \(message)" }
    }
}
