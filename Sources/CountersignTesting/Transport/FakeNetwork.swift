public import Countersign
public import CountersignHTTP

/// A transport that connects a client to fake servers only, each at its origin.
///
/// ```swift
/// let transport = FakeNetwork(server, api, clock: clock)
/// ```
///
/// A request to any other origin fails at once with an error of kind `invalidRequest`, which is not retried, and is recorded in
/// ``unreachableRequests``.
public final class FakeNetwork: HTTP.Transport {
    private let hosts: [any FakeHost]
    private let clock: (any RuntimeClock)?
    private let unreachable = Locked<[HTTP.Request]>([])

    /// Creates a network of servers.
    ///
    /// - Parameters:
    ///   - hosts: The servers; a request goes to the one at its origin.
    ///   - clock: The clock for the timeouts of requests; without one, no request times out. A request with a timeout
    ///     counts as one sleeper of the clock while it is in flight.
    public init(_ hosts: any FakeHost..., clock: (any RuntimeClock)? = nil) {
        self.hosts = hosts
        self.clock = clock
    }

    /// The requests to origins without a server.
    public var unreachableRequests: [HTTP.Request] { unreachable.withLock { $0 } }

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        guard let host = hosts.first(where: { $0.origin == request.url.origin }) else {
            unreachable.withLock { $0.append(request) }
            throw HTTP.TransportError(
                kind: .invalidRequest,
                message: "the fake network has no server at \(request.url.origin)",
                requestMayHaveBeenProcessed: false
            )
        }
        guard let clock, let timeout = request.timeout else { return try await host.send(request) }
        let deadline = clock.now().advanced(by: timeout)
        let result = await withTaskGroup(of: Result<HTTP.Response, HTTP.TransportError>?.self) { group in
            group.addTask {
                do throws(HTTP.TransportError) {
                    return .success(try await host.send(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await clock.sleep(until: deadline)
                } catch {
                    return nil  // The other task has the result, also that of a cancellation.
                }
                return .failure(
                    HTTP.TransportError(
                        kind: .timedOut,
                        message: "no response within \(timeout)",
                        requestMayHaveBeenProcessed: true
                    )
                )
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
            }
            return .failure(.cancelled(afterSending: true))
        }
        return try result.get()
    }
}
