import Countersign
import CountersignHTTP
import CountersignLoopback

/// What stands in front of both fake servers: the log, the faults, the calendar and the socket.
final class FakeServerCore: Sendable {
    /// What a server made of a request.
    struct Outcome: Sendable {
        var response: HTTP.Response
        var error: String?
        var reason: String?
    }

    /// What goes back to the client.
    enum Reply: Sendable {
        case response(HTTP.Response)
        case failure(HTTP.TransportError)
        case truncated(HTTP.Response, after: Int)
    }

    private struct PlannedFault {
        var fault: Fault
        /// Nil: at every endpoint.
        var endpoint: String?
        /// Nil: with any `grant_type` or none.
        var grantType: String?
        /// Nil: until it is cleared.
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
    private let arrivals = Locked<[String: Tally]>([:])
    /// The server keeps its own calendar from here on: the client's may be set wrong without the server noticing.
    private let start: (calendar: Duration, instant: MonotonicInstant)

    init(clock: any RuntimeClock) {
        self.clock = clock
        self.start = (clock.unixTime(), clock.now())
    }

    /// The server's calendar time, in seconds since 1970.
    func time(offset: Duration) -> Double {
        (start.calendar + (clock.now() - start.instant) + offset).seconds
    }

    // MARK: The log

    var log: [RecordedRequest] { state.withLock { $0.log } }

    /// The number of requests at an endpoint, as something to wait for; `""` counts all.
    func tally(_ endpoint: String) -> Tally {
        arrivals.withLock { tallies in
            if let tally = tallies[endpoint] { return tally }
            let tally = Tally()
            tallies[endpoint] = tally
            return tally
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

    /// Takes a request: notes it, lets the next fault act, and else the server.
    ///
    /// `process` is told of a fault that is not instead of its work.
    nonisolated(nonsending) func take(
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
        tally(endpoint).add(1)
        tally("").add(1)
        do {
            switch fault?.delay {
            case .gate(let gate): try await gate.pass()
            case .time(let duration): try await clock.sleep(until: clock.now().advanced(by: duration))
            case nil: break
            }
        } catch {
            return .failure(.cancelled(afterSending: true))
        }
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
                state.log[index].reason = outcome.reason
            }
            if case .cutShort(let count) = action { return .truncated(response, after: count) }
            return .response(response)
        }
    }

    /// Turns a reply into what a transport gives, under the request's own limit.
    static func deliver(_ reply: Reply, to request: HTTP.Request) throws(HTTP.TransportError) -> HTTP.Response {
        if Task.isCancelled { throw .cancelled(afterSending: true) }
        switch reply {
        case .response(var response):
            if let limit = request.maximumResponseBytes, response.body.count > limit {
                throw HTTP.TransportError(kind: .tooLarge,
                    message: "the body has more than \(limit) bytes",
                    requestMayHaveBeenProcessed: true
                )
            }
            if request.method == .head { response.body = [] }
            return response
        case .failure(let error):
            throw error
        case .truncated:
            throw HTTP.TransportError(kind: .closed,
                message: "the connection closed within the answer",
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

    /// Serves on a loopback port what `answer` says, and returns the origin; when it already listens, that origin.
    func listen(
        port: UInt16,
        answer: @escaping @Sendable (HTTP.Request) async -> Reply
    ) throws(LoopbackError) -> HTTP.Origin {
        if let origin = state.withLock({ $0.listener?.url?.origin }) { return origin }
        let server = LoopbackServer(
            port: port,
            answering: { incoming in
                let body = incoming.body.isEmpty ? nil : HTTP.Body.bytes(incoming.body)
                let request = HTTP.Request(
                    method: incoming.method,
                    url: incoming.url,
                    fields: incoming.fields,
                    body: body
                )
                return switch await answer(request) {
                case .response(let response): LoopbackResponse.response(response)
                case .failure: .closeWithoutAnswer
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
