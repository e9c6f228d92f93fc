public import Countersign
public import CountersignHTTP

/// A transport that reaches several fake servers, each at its origin, and nothing else.
///
/// ```swift
/// let transport = FakeNetwork(server, api, clock: clock)
/// ```
///
/// A request to any other origin fails at once with reason `refused`, which nothing is retried after, and is kept in
/// ``unreachableRequests``.
public final class FakeNetwork: HTTP.Transport {
    private let hosts: [any FakeHost]
    private let clock: (any RuntimeClock)?
    private let unreachable = Locked<[HTTP.Request]>([])

    /// A network of these servers.
    ///
    /// - Parameters:
    ///   - hosts: The servers that there are; a request goes to the one at its origin.
    ///   - clock: the clock by which requests time out, that have a time-out; without one, none ever does.
    ///     While such a request is under way, it counts as one sleeper of the clock.
    public init(_ hosts: any FakeHost..., clock: (any RuntimeClock)? = nil) {
        self.hosts = hosts
        self.clock = clock
    }

    /// The requests that went to no known server.
    public var unreachableRequests: [HTTP.Request] { unreachable.withLock { $0 } }

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        guard let host = hosts.first(where: { $0.origin == request.url.origin }) else {
            unreachable.withLock { $0.append(request) }
            throw HTTP.TransportError(kind: .refused,
                message: "no fake server is at \(request.url.origin)",
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
                    return nil  // the answer was first, or the task is cancelled: then the answer says so
                }
                return .failure(
                    HTTP.TransportError(kind: .timedOut,
                        message: "no answer within \(timeout)",
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
