/// A receiver of the events and spans of a runtime, for logs, metrics and traces.
///
/// Pass one or more in ``CountersignRuntime/Configuration/telemetry``. Events and spans consist of fixed words, names from
/// schemas, client identifiers, issuers, origins, statuses and durations. They never contain a token, proof, secret, body,
/// field value, path or query.
///
/// An adapter to a metrics library and a logging library is short (see <doc:Integrations>):
///
/// ```swift
/// struct Reports: Telemetry {
///     let metrics: Metrics                            // of the library of your choice
///     let log: Log
///
///     func record(_ event: RuntimeEvent) {
///         metrics.increment(event.counter, event.labels)
///         if let timer = event.timer, let duration = event.duration { metrics.record(timer, duration, event.labels) }
///         log.write(event.level.rawValue, event.message, event.metadata)
///     }
/// }
/// ```
///
/// - Important: The methods are called during calls, from many tasks at once. They must return quickly and must not
///   block. Pass events to your own task if processing them takes time; ``EventStream`` does that.
///
/// Without telemetry, a call only compares with nil.
public protocol Telemetry: Sendable {
    /// Records an event.
    ///
    /// During a call, its span is current (``TelemetrySpan/run(_:)``).
    func record(_ event: RuntimeEvent)

    /// Starts a span for a call, a token request or a single HTTP request.
    ///
    /// - Returns: The span; nil to start none. The default implementation returns nil.
    func startSpan(_ description: SpanDescription) -> (any TelemetrySpan)?
}

extension Telemetry {
    public func startSpan(_ description: SpanDescription) -> (any TelemetrySpan)? { nil }
}

/// A span that ``Telemetry/startSpan(_:)`` has started.
///
/// Only ``end(attributes:error:)`` is required. The other requirements connect spans to a trace.
public protocol TelemetrySpan: Sendable {
    /// Runs the work of the span, with the span as the current one.
    ///
    /// A tracer sets its task-local context here, so that spans and log messages of the work belong to this span. The
    /// implementation calls `work` exactly once. The default implementation only does that.
    nonisolated(nonsending) func run(_ work: nonisolated(nonsending) () async -> Void) async

    /// The header fields that carry the context of the span to a server, such as `traceparent`.
    ///
    /// They are added to each request of the span. If the span of a single request is nil, the fields of the call or the
    /// token request that it belongs to are used. A field that the runtime sets, such as `Authorization`, is ignored.
    ///
    /// - Important: The server receives the fields. For servers of others, leave out `baggage` and everything else that
    ///   is not meant for them.
    ///
    /// The default implementation returns no fields.
    var requestFields: HTTP.Fields { get }

    /// Links the span to another one of the same ``Telemetry``: from a token request to a call that waits for it.
    ///
    /// A span is linked to at most 128 others, at any time before its end. The default implementation does nothing.
    func link(to other: any TelemetrySpan)

    /// Ends the span; called exactly once.
    ///
    /// - Parameters:
    ///   - attributes: `http.response.status_code`, if there was a response.
    ///   - error: The kind of the failure as a fixed word (`error.type` of OpenTelemetry); nil after a success.
    func end(attributes: [String: TelemetryValue], error: String?)
}

extension TelemetrySpan {
    public nonisolated(nonsending) func run(_ work: nonisolated(nonsending) () async -> Void) async {
        await work()
    }

    public var requestFields: HTTP.Fields { [:] }

    public func link(to other: any TelemetrySpan) {}
}
