import Synchronization

/// A transport on top of libcurl with pooled connections, for HTTP/1.1 and HTTP/2.
///
/// It follows the rules of ``HTTP/Transport``. It requires TLS 1.2 or newer. It requests no content coding: a request that
/// sends `Accept-Encoding` receives the encoded bytes. It accepts plain `http` as well; the layers above restrict it.
///
/// Over HTTP/2, a server that closes a connection reports the requests that it did not process. libcurl does not expose
/// that, so such a request fails with ``HTTP/TransportError/Kind/closed``, as if it had been processed.
public final class CurlTransport: HTTP.Transport, Sendable {
    /// A shared transport with the default configuration.
    public static let shared = CurlTransport()

    private let configuration: Configuration
    private let loops: [CurlLoop]

    /// Creates a transport and starts its threads.
    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let threads = min(max(1, configuration.threads), 64)
        var share = configuration
        share.maximumConnectionsPerOrigin = (max(1, configuration.maximumConnectionsPerOrigin) - 1) / threads + 1
        loops = (0..<threads).map { _ in CurlLoop(share) }
        for loop in loops { loop.start() }
    }

    deinit { close() }

    /// Cancels all requests in flight and closes the connections.
    ///
    /// These requests and all later ones fail with ``HTTP/TransportError/Kind/cancelled``. Releasing the last reference to
    /// the transport has the same effect.
    public func close() {
        for loop in loops { loop.close() }
    }

    nonisolated(nonsending)
        public func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        guard configuration.userAgent.map(HTTP.Field.isValidValue) != false else {
            throw .invalidRequest("the configured User-Agent contains a control character")
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

    /// The first loop with few requests, so that a few callers share its connections; otherwise the loop with the fewest.
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

    /// The number of requests below which a loop counts as idle.
    private static let fewRequests = 4
}

extension HTTP.Response {
    // This runs in the waiting task, so that the loop only collects bytes.
    fileprivate init(_ response: CurlExchange.RawResponse) {
        self.init(
            status: HTTP.Status(rawValue: response.status),
            fields: HTTP.Fields(parsingHead: response.head),
            body: response.body
        )
    }
}
