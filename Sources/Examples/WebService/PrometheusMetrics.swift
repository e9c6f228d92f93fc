import Countersign
import Synchronization

/// Metrics of a runtime in the Prometheus text format (version 0.0.4).
final class PrometheusMetrics: Telemetry {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The upper bounds of the buckets, in seconds.
    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Histogram {
        /// The number of values up to each bound.
        var buckets = Array(repeating: 0, count: PrometheusMetrics.bounds.count)
        var count = 0
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            for (index, bound) in PrometheusMetrics.bounds.enumerated() where seconds <= bound { buckets[index] += 1 }
            count += 1
            sum += seconds
        }
    }

    private struct State {
        /// The counters, by name and labels.
        var counters: [String: [[String: String]: Int]] = [:]
        var histograms: [String: [[String: String]: Histogram]] = [:]
    }

    private let state = Mutex(State())

    func record(_ event: RuntimeEvent) {
        let labels = event.labels
        state.withLock { state in
            state.counters[event.counter, default: [:]][labels, default: 0] += 1
            guard let timer = event.timer, let duration = event.duration else { return }
            let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
            state.histograms[timer, default: [:]][labels, default: Histogram()].add(seconds)
        }
    }

    /// The response to a scrape.
    var text: String {
        let state = state.withLock { $0 }
        var text = ""
        for (name, series) in state.counters.sorted(by: { $0.key < $1.key }) {
            let name = Self.name(name) + "_total"
            text += "# TYPE \(name) counter\n"
            for (labels, count) in sorted(series) { text += "\(name)\(labels) \(count)\n" }
        }
        for (name, series) in state.histograms.sorted(by: { $0.key < $1.key }) {
            let name = Self.name(name) + "_seconds"
            text += "# TYPE \(name) histogram\n"
            for (labels, histogram) in series.sorted(by: { Self.text(of: $0.key) < Self.text(of: $1.key) }) {
                for (bound, count) in zip(Self.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets + [histogram.count])
                {
                    text += "\(name)_bucket\(Self.text(of: labels.merging(["le": bound]) { $1 })) \(count)\n"
                }
                text += "\(name)_sum\(Self.text(of: labels)) \(histogram.sum)\n"
                text += "\(name)_count\(Self.text(of: labels)) \(histogram.count)\n"
            }
        }
        return text
    }

    private func sorted(_ series: [[String: String]: Int]) -> [(String, Int)] {
        series.map { (Self.text(of: $0.key), $0.value) }.sorted { $0.0 < $1.0 }
    }

    private static func name(_ name: String) -> String {
        String(name.map { $0 == "." ? "_" : $0 })
    }

    private static func text(of labels: [String: String]) -> String {
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escape($0.value))\"" }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func escape(_ value: String) -> String {
        // By scalars: a carriage return and a line feed are one character.
        value.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\\", "\"": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
