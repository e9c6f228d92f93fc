/// The error of a ``LoopbackServer`` that could not start.
public struct LoopbackError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a loopback error; more kinds may be added.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String, Sendable {
            case portUnavailable, addressUnavailable
        }

        private let code: Code

        /// The requested port is in use, or the process may not listen on it.
        public static let portUnavailable = Kind(code: .portUnavailable)
        /// The loopback address has no free port or does not exist on this machine.
        public static let addressUnavailable = Kind(code: .addressUnavailable)

        /// The name of the kind, suitable as a label of a metric.
        public var description: String { code.rawValue }
    }

    /// The kind of the error.
    public let kind: Kind
    /// The requested port; 0 means any free port.
    public let port: UInt16
    /// The reason and the remedy.
    public let message: String

    /// The message.
    public var description: String { message }
}

extension LoopbackError {
    static func portUnavailable(_ port: UInt16, _ address: LoopbackServer.Address) -> LoopbackError {
        LoopbackError(
            kind: .portUnavailable,
            port: port,
            message: "cannot listen on port \(port) of \(address): another program may use it; "
                + "choose another port, or 0 for any free one"
        )
    }

    static func addressUnavailable(_ address: LoopbackServer.Address) -> LoopbackError {
        LoopbackError(kind: .addressUnavailable, port: 0, message: "cannot listen on \(address)")
    }
}
