/// Where a runtime reports what it does: the seam to logs, metrics, traces and dashboards.
///
/// Give a ``Runtime/Configuration/telemetry`` one or several. Everything reported consists of fixed words, names from
/// schemas, origins, statuses and times; no token, proof, secret, body, header value, path or query is ever in it.
///
/// An adapter to a metrics and a logging library is short:
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
/// - Important: The methods are called in the midst of calls, from many tasks at once. They must be quick and must not
///   wait: hand over what takes time to a task of your own. ``EventStream`` does that.
///
/// Without telemetry a call pays for one comparison with nil.
public protocol Telemetry: Sendable {
    /// Takes note of something that has happened.
    func record(_ event: RuntimeEvent)

    /// Begins a span: something that takes time.
    ///
    /// A call to an API is one, from its beginning to its answer, with every send and wait in between; a token request
    /// is another, which belongs to no call, since many may wait for it.
    ///
    /// - Parameters:
    ///   - name: `GET /items/{id}`, or `POST token`.
    ///   - attributes: Named as OpenTelemetry names them, where it does: `http.request.method`, `url.template`,
    ///     `server.address`, `server.port`.
    /// - Returns: nil when nobody wants to know how it ends. That is what happens where this is not implemented.
    func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)?
}

extension Telemetry {
    public func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)? { nil }
}

/// A span that has begun.
public protocol TelemetrySpan: Sendable {
    /// Ends the span; called exactly once.
    ///
    /// - Parameters:
    ///   - attributes: `http.response.status_code`, where there was an answer.
    ///   - error: Why it failed, as a fixed word (OpenTelemetry's `error.type`); nil when it did not.
    func end(attributes: [String: String], error: String?)
}
