/// The body of a request.
public struct HTTPBody: Sendable {
    private enum Content: Sendable {
        case bytes([UInt8])
    }

    private let content: Content

    /// A body whose bytes are all there.
    public static func bytes(_ bytes: [UInt8]) -> HTTPBody { HTTPBody(content: .bytes(bytes)) }

    /// The bytes, when they are all there; `nil` for a body that is produced while it is sent.
    public var bytes: [UInt8]? {
        switch content {
        case .bytes(let bytes): bytes
        }
    }

    /// Whether the body can be sent a second time.
    public var isReplayable: Bool {
        switch content {
        case .bytes: true
        }
    }
}
