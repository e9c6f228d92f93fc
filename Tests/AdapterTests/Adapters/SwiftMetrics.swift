import Countersign
import Metrics

struct MetricsTelemetry: Telemetry {
    func record(_ event: RuntimeEvent) {
        let dimensions = event.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        Counter(label: event.counter, dimensions: dimensions).increment()
        guard let timer = event.timer, let duration = event.duration else { return }
        Metrics.Timer(label: timer, dimensions: dimensions).record(duration: duration)
    }
}
