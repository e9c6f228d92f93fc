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

    /// The context of the current task; nil if it belongs to another runtime.
    var currentContext: TelemetryContext? {
        guard let current = TelemetryContext.current, current.owner === self else { return nil }
        return current
    }

    func record(_ event: RuntimeEvent) {
        for telemetry in all { telemetry.record(event) }
    }

    /// Starts the spans of a call, a token request or a request.
    func startSpan(
        _ description: SpanDescription,
        client: String? = nil,
        operation: OperationMetadata? = nil
    ) -> TelemetryContext {
        let spans = all.map { $0.startSpan(description) }
        let context = TelemetryContext(owner: self, spans: spans, client: client, operation: operation)
        // The requests of a span within the fetch are its children.
        if currentContext == nil { SharedFetch.current?.add(context) }
        return context
    }

    /// Returns a context without spans, in which events name a client.
    func context(ofClient client: String) -> TelemetryContext {
        TelemetryContext(owner: self, spans: all.map { _ in nil }, client: client)
    }

    /// Records an event about a call.
    func record(
        _ kind: RuntimeEvent.Kind,
        _ reason: String,
        of operation: OperationMetadata,
        at server: HTTP.Origin? = nil,
        status: HTTP.Status? = nil,
        duration: Duration? = nil
    ) {
        record(
            RuntimeEvent(
                kind,
                reason: reason,
                operation: operation,
                server: server,
                status: status,
                duration: duration
            )
        )
    }

    /// Records an event about tokens.
    ///
    /// - Parameter client: The name of the API client; nil for that of the current call.
    func record(
        _ kind: RuntimeEvent.Kind,
        _ reason: String,
        about subject: TokenSubject?,
        client: String? = nil,
        at server: HTTP.Origin? = nil,
        status: HTTP.Status? = nil,
        duration: Duration? = nil
    ) {
        let context = currentContext
        record(
            RuntimeEvent(
                kind,
                reason: reason,
                client: client ?? context?.client,
                operation: context?.operation,
                clientID: subject?.clientID,
                issuer: subject?.issuer,
                server: server ?? subject?.server,
                status: status,
                duration: duration
            )
        )
    }

    /// Returns the attributes that all spans have.
    static func attributes(of method: HTTP.Method, at server: HTTP.Origin?) -> [String: TelemetryValue] {
        var attributes: [String: TelemetryValue] = ["http.request.method": .string(method.rawValue)]
        if let server {
            attributes["server.address"] = .string(server.host)
            attributes["server.port"] = .integer(server.port)
        }
        return attributes
    }
}

extension TelemetryFanOut {
    /// Records the action of the token state machine for a caller.
    func record(_ action: TokenState.Action, about subject: TokenSubject?) {
        switch action {
        case .use: record(.tokenLookup, "hit", about: subject)
        case .useAndRenew:
            record(.tokenLookup, "hit", about: subject)
            record(.renewalStarted, "expiring", about: subject)
        case .wait: record(.tokenLookup, "joined", about: subject)
        case .fetchAndWait: record(.tokenLookup, "fetched", about: subject)
        case .fail: record(.tokenLookup, "failed", about: subject)
        }
    }

    /// Records a token request, with its discovery, resends and duration.
    nonisolated(nonsending) func watch<Token>(
        _ request: TokenEndpointRequest,
        _ work: nonisolated(nonsending) () async -> Result<Token, TokenError>
    ) async -> Result<Token, TokenError> {
        let subject = TokenSubject(request)
        let client = SharedFetch.current?.client ?? currentContext?.client
        let context = startSpan(Self.description(of: request, subject, client: client), client: client)
        return await watch(context, about: subject, work)
    }

    /// Records a request of a ``TokenSource``.
    nonisolated(nonsending) func watchSource<Token>(
        _ work: nonisolated(nonsending) () async -> Result<Token, TokenError>
    ) async -> Result<Token, TokenError> {
        let client = SharedFetch.current?.client ?? currentContext?.client
        var attributes: [String: TelemetryValue] = [:]
        attributes["countersign.client"] = client.map { .string($0) }
        let description = SpanDescription(.tokenRequest, name: "token source", attributes: attributes)
        return await watch(startSpan(description, client: client), about: nil, work)
    }

    private nonisolated(nonsending) func watch<Token>(
        _ context: TelemetryContext,
        about subject: TokenSubject?,
        _ work: nonisolated(nonsending) () async -> Result<Token, TokenError>
    ) async -> Result<Token, TokenError> {
        let start = clock.now()
        return await context.run {
            let result = await work()
            let duration = clock.now() - start
            switch result {
            case .success:
                record(.tokenFetched, "success", about: subject, duration: duration)
                context.end(error: nil)
            case .failure(let error):
                let kind = error.kind.description
                record(.tokenFetchFailed, kind, about: subject, status: error.status, duration: duration)
                context.end(status: error.status, error: kind)
            }
            return result
        }
    }

    private static func description(
        of request: TokenEndpointRequest,
        _ subject: TokenSubject,
        client: String?
    ) -> SpanDescription {
        var attributes = attributes(of: .post, at: subject.server)
        attributes["countersign.client"] = client.map { .string($0) }
        attributes["countersign.client_id"] = .string(subject.clientID)
        attributes["countersign.issuer"] = subject.issuer.map { .string($0) }
        let grantType = request.parameters.first { $0.name == "grant_type" }?.value
        attributes["countersign.grant_type"] = grantType.map { .string($0) }
        return SpanDescription(.tokenRequest, name: "POST token", attributes: attributes)
    }
}
