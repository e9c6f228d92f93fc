import CCurl

/// The transfers of a loop, running and idle; only its thread has it.
struct CurlTransfers: ~Copyable {
    private let multi: UnsafeMutableRawPointer
    private let configuration: CurlTransport.Configuration
    private let authorities: CurlAuthorities
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var idle: [CurlTransfer] = []
    /// No running transfer has an earlier one; it may be that of a transfer that has ended.
    private var nextDeadline: ContinuousClock.Instant?

    init(_ multi: UnsafeMutableRawPointer, _ configuration: CurlTransport.Configuration) {
        self.multi = multi
        self.configuration = configuration
        authorities = CurlAuthorities(configuration.certificateAuthorities)
    }

    mutating func start(_ exchange: CurlExchange) {
        if exchange.isFinished { return }
        guard let transfer = idle.popLast() ?? CurlTransfer(configuration, authorities: authorities) else {
            return exchange.finish(.failure(.outOfMemory))
        }
        transfer.begin(exchange)
        nextDeadline = min(nextDeadline ?? exchange.deadline, exchange.deadline)
        running[ObjectIdentifier(transfer)] = transfer
        if curl_multi_add_handle(multi, transfer.easy) != CURLM_OK {
            exchange.finish(.failure(.outOfMemory))
            remove(transfer)
        }
    }

    /// Lets libcurl do what it can without waiting, and hands out the answers that are complete.
    mutating func perform() {
        var count: Int32 = 0
        curl_multi_perform(multi, &count)
        while let message = curl_multi_info_read(multi, &count) {
            guard message.pointee.msg == CURLMSG_DONE, let transfer = CurlTransfer.of(message.pointee.easy_handle)
            else { continue }
            finish(transfer, message.pointee.data.result)
        }
    }

    private mutating func finish(_ transfer: CurlTransfer, _ code: CURLcode) {
        let exchange = transfer.exchange
        let outcome: CurlExchange.Outcome
        switch code {
        case CURLE_OK where transfer.isHeadComplete: outcome = .success(transfer.takeAnswer())
        // To libcurl a head that breaks off is a head.
        case CURLE_OK: outcome = .failure(.incompleteHead)
        default: outcome = .failure(HTTP.TransportError(code, of: transfer))
        }
        remove(transfer)
        exchange?.finish(outcome)
    }

    /// Ends the transfers for which nobody waits.
    mutating func dropCancelled() {
        for transfer in Array(running.values) where transfer.exchange?.isFinished == true { remove(transfer) }
    }

    /// How long libcurl may sleep: until the next deadline, in milliseconds.
    var patience: Int32 {
        guard let nextDeadline else { return .max }
        let (seconds, attoseconds) = (nextDeadline - .now).components
        // A day is as good as longer: the loop then looks again.
        return Int32(max(0, min(seconds, 86_400))) * 1000 + Int32(max(0, attoseconds) / 1_000_000_000_000_000) + 1
    }

    /// Gives up the transfers whose deadline is over.
    ///
    /// libcurl's own time-out does not reach transfers that wait for a connection.
    mutating func giveUpLate() {
        guard let nextDeadline, case let now = ContinuousClock.now, nextDeadline <= now else { return }
        for transfer in Array(running.values) where transfer.exchange.map({ $0.deadline <= now }) == true {
            transfer.exchange?.finish(.failure(.timedOut(hasSent: transfer.hasSent)))
            remove(transfer)
        }
        self.nextDeadline = running.values.lazy.compactMap { $0.exchange?.deadline }.min()
    }

    mutating func close() {
        for transfer in Array(running.values) {
            transfer.exchange?.finish(.failure(.closedTransport(hasSent: transfer.hasSent)))
            remove(transfer)
        }
        idle = []
    }

    private mutating func remove(_ transfer: CurlTransfer) {
        curl_multi_remove_handle(multi, transfer.easy)
        transfer.end()
        running[ObjectIdentifier(transfer)] = nil
        if idle.count < 256 { idle.append(transfer) }
    }
}

extension HTTP.TransportError {
    static func closedTransport(hasSent: Bool) -> HTTP.TransportError {
        HTTP.TransportError(kind: .cancelled,
            message: "the transport is closed",
            requestMayHaveBeenProcessed: hasSent
        )
    }

    fileprivate static let outOfMemory = HTTP.TransportError(kind: .other,
        message: "libcurl has no memory",
        requestMayHaveBeenProcessed: false
    )

    fileprivate static let incompleteHead = HTTP.TransportError(kind: .closed,
        message: "the connection ended before a final answer",
        requestMayHaveBeenProcessed: true
    )

    fileprivate static func timedOut(hasSent: Bool) -> HTTP.TransportError {
        HTTP.TransportError(kind: .timedOut,
            message: "there was no complete answer in time",
            requestMayHaveBeenProcessed: hasSent
        )
    }
}
