/// Passes each event and span of a runtime to all of its ``Telemetry`` values.
package final class TelemetryFanOut: Sendable {
    private let all: [any Telemetry]
    let clock: any RuntimeClock

    /// - Returns: nil if there is no telemetry, so that calls only compare with nil.
    init?(_ all: [any Telemetry], clock: any RuntimeClock) {
        if all.isEmpty { return nil }
        self.all = all
        self.clock = clock
    }

    func record(_ event: RuntimeEvent) {
        for telemetry in all { telemetry.record(event) }
    }

    func startSpan(_ name: String, attributes: [String: String]) -> [any TelemetrySpan] {
        all.compactMap { $0.startSpan(name, attributes: attributes) }
    }

    func record(
        _ kind: RuntimeEvent.Kind,
        _ reason: String,
        of operation: OperationMetadata? = nil,
        at server: HTTP.Origin? = nil,
        status: HTTP.Status? = nil,
        duration: Duration? = nil
    ) {
        var event = RuntimeEvent(kind, reason)
        event.operation = operation
        event.server = server
        event.status = status
        event.duration = duration
        record(event)
    }
}

extension TelemetryFanOut {
    /// Records the action of the token state machine for a caller.
    func record(_ action: TokenState.Action) {
        switch action {
        case .use: record(.tokenLookup, "hit")
        case .useAndRenew:
            record(.tokenLookup, "hit")
            record(.renewalStarted, "expiring")
        case .wait: record(.tokenLookup, "joined")
        case .fetchAndWait: record(.tokenLookup, "fetched")
        case .fail: record(.tokenLookup, "failed")
        }
    }

    /// Records a token request, with its discovery, resends and duration.
    nonisolated(nonsending) func watch<Token>(
        _ request: nonisolated(nonsending) () async -> Result<Token, TokenError>
    ) async -> Result<Token, TokenError> {
        let spans = startSpan("POST token", attributes: ["http.request.method": "POST"])
        let start = clock.now()
        let result = await request()
        let duration = clock.now() - start
        switch result {
        case .success:
            record(.tokenFetched, "success", duration: duration)
            for span in spans { span.end(attributes: [:], error: nil) }
        case .failure(let error):
            record(.tokenFetchFailed, error.kind.description, status: error.status, duration: duration)
            let attributes = error.status.map { ["http.response.status_code": String($0.rawValue)] } ?? [:]
            for span in spans { span.end(attributes: attributes, error: error.kind.description) }
        }
        return result
    }
}
