import CCurl

/// The running and idle transfers of a loop, used on its thread only.
struct CurlTransfers: ~Copyable {
    private let multi: UnsafeMutableRawPointer
    private let configuration: CurlTransport.Configuration
    private let authorities: CurlAuthorities
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var idle: [CurlTransfer] = []
    /// A lower bound for the deadlines of the running transfers.
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

    /// Lets libcurl do all work that does not block, and finishes the transfers that are complete.
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
        case CURLE_OK where transfer.isHeadComplete: outcome = .success(transfer.takeResponse())
        // libcurl also accepts a truncated head.
        case CURLE_OK: outcome = .failure(.incompleteHead)
        default: outcome = .failure(HTTP.TransportError(code, of: transfer))
        }
        remove(transfer)
        exchange?.finish(outcome)
    }

    /// Ends the transfers whose tasks were cancelled.
    mutating func dropCancelled() {
        for transfer in Array(running.values) where transfer.exchange?.isFinished == true { remove(transfer) }
    }

    /// The time until the next deadline, in milliseconds.
    var pollTimeout: Int32 {
        guard let nextDeadline else { return .max }
        let (seconds, attoseconds) = (nextDeadline - .now).components
        // At most a day, to keep the number in range; the loop then computes it again.
        return Int32(max(0, min(seconds, 86_400))) * 1000 + Int32(max(0, attoseconds) / 1_000_000_000_000_000) + 1
    }

    /// Fails the transfers whose deadline has passed.
    ///
    /// libcurl's own timeout does not cover transfers that wait for a connection.
    mutating func failOverdue() {
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
        HTTP.TransportError(
            kind: .cancelled,
            message: "the transport is closed",
            requestMayHaveBeenProcessed: hasSent
        )
    }

    fileprivate static let outOfMemory = HTTP.TransportError(
        kind: .other,
        message: "libcurl is out of memory",
        requestMayHaveBeenProcessed: false
    )

    fileprivate static let incompleteHead = HTTP.TransportError(
        kind: .closed,
        message: "the connection was closed before a complete response header",
        requestMayHaveBeenProcessed: true
    )

    fileprivate static func timedOut(hasSent: Bool) -> HTTP.TransportError {
        HTTP.TransportError(
            kind: .timedOut,
            message: "no complete response before the timeout",
            requestMayHaveBeenProcessed: hasSent
        )
    }
}
