import Countersign
import CountersignHTTP
import CountersignLoopback

/// The part that both fake servers share: request log, faults, calendar and socket.
final class FakeServerCore: Sendable {
    /// The result of processing a request.
    struct Outcome: Sendable {
        var response: HTTP.Response
        var error: String?
        var message: String?
    }

    /// The reply as it goes over the wire.
    enum Reply: Sendable {
        case response(HTTP.Response)
        case failure(HTTP.TransportError)
        case truncated(HTTP.Response, after: Int)
    }

    private struct PlannedFault {
        var fault: Fault
        /// nil: at all endpoints.
        var endpoint: String?
        /// nil: for every request, with or without a `grant_type`.
        var grantType: String?
        /// nil: until it is cleared.
        var times: Int?
    }

    private struct State {
        var log: [RecordedRequest] = []
        var faults: [PlannedFault] = []
        var listener: LoopbackServer?

        mutating func takeFault(at endpoint: String, grantType: String?) -> Fault? {
            let index = faults.firstIndex {
                ($0.endpoint == nil || $0.endpoint == endpoint) && ($0.grantType == nil || $0.grantType == grantType)
            }
            guard let index else { return nil }
            let fault = faults[index].fault
            if let times = faults[index].times {
                if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
            }
            return fault
        }
    }

    let clock: any RuntimeClock
    private let state = Locked(State())
    private let arrivals = Locked<[String: AsyncCounter]>([:])
    /// The start of the server's own calendar: setting the client's calendar later does not affect the server.
    private let start: (calendar: Duration, instant: MonotonicInstant)

    init(clock: any RuntimeClock) {
        self.clock = clock
        self.start = (clock.unixTime(), clock.now())
    }

    /// Returns the server's calendar time, in seconds since 1970.
    func time(offset: Duration) -> Double {
        (start.calendar + (clock.now() - start.instant) + offset).seconds
    }

    // MARK: The log

    var log: [RecordedRequest] { state.withLock { $0.log } }

    /// Returns the counter of the requests to an endpoint; that of `""` counts all requests.
    func counter(_ endpoint: String) -> AsyncCounter {
        arrivals.withLock { counters in
            if let counter = counters[endpoint] { return counter }
            let counter = AsyncCounter()
            counters[endpoint] = counter
            return counter
        }
    }

    // MARK: Faults

    func inject(_ fault: Fault, endpoint: String?, grantType: String? = nil, times: Int?) {
        if let times, times < 1 { return }
        let planned = PlannedFault(fault: fault, endpoint: endpoint, grantType: grantType, times: times)
        state.withLock { $0.faults.append(planned) }
    }

    func clearFaults() {
        state.withLock { $0.faults = [] }
    }

    // MARK: Requests

    /// Records a request, applies the next matching fault, and lets the server process the request.
    ///
    /// `process` receives the fault unless the fault replaces the response.
    nonisolated(nonsending) func handle(
        _ request: HTTP.Request,
        endpoint: String,
        offset: Duration,
        process: nonisolated(nonsending) (HTTP.Request, Fault?) async -> Outcome
    ) async -> Reply {
        if Task.isCancelled { return .failure(.cancelled(afterSending: false)) }
        let form = FormParameters(in: request) ?? FormParameters()
        let (index, fault) = state.withLock { state in
            state.log.append(
                RecordedRequest(
                    number: state.log.count + 1,
                    endpoint: endpoint,
                    request: request,
                    form: form
                )
            )
            return (state.log.count - 1, state.takeFault(at: endpoint, grantType: form["grant_type"]))
        }
        counter(endpoint).add(1)
        counter("").add(1)
        guard await wait(for: fault?.delay) else { return .failure(.cancelled(afterSending: true)) }
        switch fault?.action {
        case .instead(let response):
            state.withLock { $0.log[index].status = response.status }
            return .response(dated(response, offset: offset))
        case .unreachable(let error):
            return .failure(error)
        case let action:
            let outcome = await process(request, fault)
            var response = dated(outcome.response, offset: offset)
            if case .lost(let error) = action { return .failure(error) }
            if case .edited(let edit) = action { edit(&response) }
            let status = response.status
            state.withLock { state in
                state.log[index].status = status
                state.log[index].error = outcome.error
                state.log[index].message = outcome.message
            }
            guard await wait(for: fault?.responseDelay) else { return .failure(.cancelled(afterSending: true)) }
            if case .truncated(let count) = action { return .truncated(response, after: count) }
            return .response(response)
        }
    }

    /// Waits for the delay of a fault.
    ///
    /// - Returns: false if the client has cancelled the request meanwhile.
    private nonisolated(nonsending) func wait(for delay: Fault.Delay?) async -> Bool {
        do {
            switch delay {
            case .gate(let gate): try await gate.pass()
            case .time(let duration): try await clock.sleep(until: clock.now().advanced(by: duration))
            case nil: break
            }
            return true
        } catch {
            return false
        }
    }

    /// Returns a reply as a transport would, within the request's limits.
    static func deliver(_ reply: Reply, to request: HTTP.Request) throws(HTTP.TransportError) -> HTTP.Response {
        if Task.isCancelled { throw .cancelled(afterSending: true) }
        switch reply {
        case .response(var response):
            if let limit = request.maximumResponseBytes, response.body.count > limit {
                throw HTTP.TransportError(
                    kind: .tooLarge,
                    message: "the body has more than \(limit) bytes",
                    requestMayHaveBeenProcessed: true
                )
            }
            if request.method == .head { response.body = [] }
            return response
        case .failure(let error):
            throw error
        case .truncated:
            throw HTTP.TransportError(
                kind: .closed,
                message: "the connection closed before the end of the response",
                requestMayHaveBeenProcessed: true
            )
        }
    }

    private func dated(_ response: HTTP.Response, offset: Duration) -> HTTP.Response {
        guard response.fields[.date] == nil else { return response }
        var response = response
        response.fields.append(name: .date, value: HTTPDateText.format(unixSeconds: time(offset: offset)))
        return response
    }

    // MARK: The socket

    /// Serves the replies of a closure on a loopback port, unless it does so already, and returns the origin.
    func listen(
        port: UInt16,
        reply: @escaping @Sendable (HTTP.Request) async -> Reply
    ) throws(LoopbackError) -> HTTP.Origin {
        if let origin = state.withLock({ $0.listener?.url?.origin }) { return origin }
        let server = LoopbackServer(
            port: port,
            responding: { incoming in
                let body = incoming.body.isEmpty ? nil : HTTP.Body.bytes(incoming.body)
                let request = HTTP.Request(
                    method: incoming.method,
                    url: incoming.url,
                    fields: incoming.fields,
                    body: body
                )
                return switch await reply(request) {
                case .response(let response): LoopbackResponse.response(response)
                case .failure: .closeWithoutResponse
                case .truncated(let response, let count): .truncated(response, after: count)
                }
            }
        )
        let origin = try server.start().origin
        state.withLock { state in
            defer { state.listener = server }
            return state.listener
        }?.stop()
        return origin
    }

    func stopListening() {
        state.withLock { $0.listener.take() }?.stop()
    }
}
