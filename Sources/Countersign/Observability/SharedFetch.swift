/// A fetch that calls share, for the links from its spans to the calls.
///
/// The spans may start before or after a call joins.
final class SharedFetch: Sendable {
    /// The fetch that the current task performs.
    @TaskLocal static var current: SharedFetch?

    /// The maximum number of links of a span, which is the default limit of OpenTelemetry.
    private static let maximumLinks = 128

    private struct State {
        var calls: [TelemetryContext] = []
        var spans: [TelemetryContext] = []
    }

    private let state = Locked(State())

    /// The name of the API client whose call started the fetch.
    var client: String? { state.withLock { $0.calls.first?.client } }

    /// Adds a call that started the fetch or waits for it.
    func join(_ call: TelemetryContext?) {
        guard let call else { return }
        let spans = state.withLock { state -> [TelemetryContext] in
            guard state.calls.count < Self.maximumLinks, !state.calls.contains(where: { $0 === call }) else {
                return []
            }
            state.calls.append(call)
            return state.spans
        }
        for span in spans { span.link(to: call) }
    }

    /// Adds the spans of a request that the fetch makes.
    func add(_ span: TelemetryContext) {
        let calls = state.withLock { state in
            state.spans.append(span)
            return state.calls
        }
        for call in calls { span.link(to: call) }
    }

    /// Runs the fetch as the current one.
    nonisolated(nonsending) func run<Value>(_ work: nonisolated(nonsending) () async -> Value) async -> Value {
        await Self.$current.withValue(self) { await work() }
    }
}
