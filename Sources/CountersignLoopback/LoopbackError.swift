/// A ``LoopbackServer`` could not start.
public struct LoopbackError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The port that was asked for; 0 stands for any free one.
    public let port: UInt16
    /// What went wrong, and what to do.
    public let description: String

    init(port: UInt16, _ description: String) {
        self.port = port
        self.description = description
    }
}
