import CCurl

/// The transfers of a loop, running and idle; only its thread has it.
struct CurlTransfers: ~Copyable {
    private let multi: UnsafeMutableRawPointer
    private let configuration: CurlTransport.Configuration
    private let authorities: CurlAuthorities
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var idle: [CurlTransfer] = []

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
        var outcome: CurlExchange.Outcome
        if code == CURLE_OK {
            let answer = transfer.takeAnswer()
            outcome = answer.status >= 200 ? .success(answer) : .failure(.notAnAnswer)
        } else {
            outcome = .failure(HTTPTransportError(code, of: transfer))
        }
        remove(transfer)
        exchange?.finish(outcome)
    }

    /// Ends the transfers for which nobody waits.
    mutating func dropCancelled() {
        for transfer in Array(running.values) where transfer.exchange?.isFinished == true { remove(transfer) }
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

extension HTTPTransportError {
    static func closedTransport(hasSent: Bool) -> HTTPTransportError {
        HTTPTransportError(
            reason: .cancelled,
            detail: "the transport is closed",
            requestMayHaveBeenProcessed: hasSent
        )
    }

    fileprivate static let outOfMemory = HTTPTransportError(
        reason: .other,
        detail: "libcurl has no memory",
        requestMayHaveBeenProcessed: false
    )

    fileprivate static let notAnAnswer = HTTPTransportError(
        reason: .other,
        detail: "the server ended with an informational answer (1xx)",
        requestMayHaveBeenProcessed: true
    )
}
