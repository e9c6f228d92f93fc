import Synchronization

/// The transport over libcurl: pooled connections on a thread or a few, HTTP/1.1 and HTTP/2.
///
/// It keeps the rules of ``HTTP/Transport``. TLS is 1.2 or newer. No content coding is asked for: a request that sends
/// `Accept-Encoding` gets the coded bytes. The origin is not judged: whether plain `http` is allowed is decided above.
///
/// Over HTTP/2, a server that ends a connection refuses the requests it has not begun. libcurl does not say so,
/// hence such a request fails with ``HTTP/TransportError/Kind/closed`` like one that was begun.
public final class CurlTransport: HTTP.Transport, Sendable {
    /// The transport for everybody who needs no configuration.
    public static let shared = CurlTransport()

    private let configuration: Configuration
    private let loops: [CurlLoop]

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let threads = min(max(1, configuration.threads), 64)
        var share = configuration
        share.maximumConnectionsPerOrigin = (max(1, configuration.maximumConnectionsPerOrigin) - 1) / threads + 1
        loops = (0..<threads).map { _ in CurlLoop(share) }
        for loop in loops { loop.start() }
    }

    deinit { close() }

    /// Ends all requests in flight and closes the connections.
    ///
    /// The requests, and all later ones, fail with ``HTTP/TransportError/Kind/cancelled``. Releasing the transport
    /// does the same.
    public func close() {
        for loop in loops { loop.close() }
    }

    nonisolated(nonsending)
        public func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        guard configuration.userAgent.map(HTTP.Field.isValidValue) != false else {
            throw .refused("the configured User-Agent holds a control character")
        }
        let exchange = CurlExchange(
            try CurlRequest(request),
            maximumResponseBytes: request.maximumResponseBytes ?? configuration.maximumResponseBytes,
            timeout: request.timeout ?? configuration.timeout
        )
        let loop = leastBusyLoop
        loop.requests.add(1, ordering: .relaxed)
        defer { loop.requests.subtract(1, ordering: .relaxed) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if exchange.wait(continuation) { loop.submit(exchange) }
            }
        } onCancel: {
            if exchange.cancel() { loop.dropCancelled() }
        }
        return HTTP.Response(try result.get())
    }

    /// The first loop that is not busy, so that a few callers share its connections; else the one with the least to do.
    private var leastBusyLoop: CurlLoop {
        var least = loops[0]
        var fewest = Int.max
        for loop in loops {
            let requests = loop.requests.load(ordering: .relaxed)
            if requests < Self.fewRequests { return loop }
            if requests < fewest { (least, fewest) = (loop, requests) }
        }
        return least
    }

    private static let fewRequests = 4
}

extension HTTP.Response {
    // On the caller's thread: the loop only collects bytes.
    fileprivate init(_ answer: CurlExchange.Answer) {
        self.init(
            status: HTTP.Status(rawValue: answer.status),
            fields: HTTP.Fields(parsingHead: answer.head),
            body: answer.body
        )
    }
}
