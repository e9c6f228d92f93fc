/// A receiver of the events and spans of a runtime, for logs, metrics and traces.
///
/// Pass one or more in ``CountersignRuntime/Configuration/telemetry``. Events and spans consist of fixed words, names from schemas,
/// origins, statuses and durations. They never contain a token, proof, secret, body, field value, path or query.
///
/// An adapter to a metrics library and a logging library is short:
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
    func record(_ event: RuntimeEvent)

    /// Starts a span for a call or a token request.
    ///
    /// The span of a call covers all its attempts and delays. A token request has its own span and belongs to no call,
    /// since many calls may wait for it.
    ///
    /// - Parameters:
    ///   - name: The name, such as `GET /items/{id}`, or `POST token`.
    ///   - attributes: Attributes with the names of OpenTelemetry: `http.request.method`, `url.template`,
    ///     `server.address`, `server.port`, and also `countersign.operation`.
    /// - Returns: The span; nil to ignore the call. The default implementation returns nil.
    func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)?
}

extension Telemetry {
    public func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)? { nil }
}

/// A span that ``Telemetry/startSpan(_:attributes:)`` has started.
public protocol TelemetrySpan: Sendable {
    /// Ends the span; called exactly once.
    ///
    /// - Parameters:
    ///   - attributes: `http.response.status_code`, if there was a response.
    ///   - error: The kind of the failure as a fixed word (`error.type` of OpenTelemetry); nil after a success.
    func end(attributes: [String: String], error: String?)
}
