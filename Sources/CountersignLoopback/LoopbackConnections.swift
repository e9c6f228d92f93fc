/// The open connections of a daemon, by their addresses.
///
/// A client that opens connections and sends no complete request would otherwise keep all others out until the idle
/// timeout.
struct LoopbackConnections: Sendable {
    private struct Connection {
        /// The number of connections that were opened before this one.
        let number: Int
        var isHandled = false
        var isEnding = false
    }

    private let maximum: Int
    private var connections: [UInt: Connection] = [:]
    private var openedCount = 0
    private var endingCount = 0

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Adds a connection.
    ///
    /// - Returns: The connection to end, if there are too many: the oldest one whose request is not complete.
    mutating func opened(_ connection: UInt) -> UInt? {
        connections[connection] = Connection(number: openedCount)
        openedCount += 1
        guard connections.count - endingCount > maximum else { return nil }
        let oldest = connections.filter { $0.key != connection && !$0.value.isHandled && !$0.value.isEnding }
            .min { $0.value.number < $1.value.number }?.key
        guard let oldest else { return nil }
        connections[oldest]?.isEnding = true
        endingCount += 1
        return oldest
    }

    mutating func closed(_ connection: UInt) {
        if connections.removeValue(forKey: connection)?.isEnding == true { endingCount -= 1 }
    }

    /// Records whether a handler responds to a complete request of the connection.
    mutating func setHandled(_ connection: UInt, _ isHandled: Bool) {
        connections[connection]?.isHandled = isHandled
    }
}
