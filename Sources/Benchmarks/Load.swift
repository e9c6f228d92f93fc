/// What a client does under load.
struct Load: Sendable {
    let requestsPerSecond: Double
    /// In microseconds.
    let latencies: (median: Double, p99: Double)
    /// Of this process, in microseconds a request; not a number where the client is another process.
    let cpu: Double

    /// Makes requests in so many tasks, each of which makes its next when the last is answered.
    static func measure(
        tasks: Int,
        for duration: Duration,
        _ request: @escaping @Sendable () async throws -> Void
    ) async throws -> Load {
        let used = ProcessorTime.now
        let start = ContinuousClock.now
        let end = start + duration
        var latencies: [Double] = []
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    var latencies: [Double] = []
                    var last = ContinuousClock.now
                    while last < end {
                        try await request()
                        let now = ContinuousClock.now
                        latencies.append((now - last).microseconds)
                        last = now
                    }
                    return latencies
                }
            }
            for try await some in group { latencies += some }
        }
        let elapsed = ContinuousClock.now - start
        let cpu = ProcessorTime.now - used
        latencies.sort()
        return Load(
            requestsPerSecond: Double(latencies.count) / (elapsed / .seconds(1)),
            latencies: (latencies.median, latencies.quantile(0.99)),
            cpu: cpu.microseconds / Double(latencies.count)
        )
    }

    /// The middle of several measurements, each figure by itself.
    init(medianOf loads: [Load]) {
        self.init(
            requestsPerSecond: loads.map(\.requestsPerSecond).median,
            latencies: (loads.map(\.latencies.median).median, loads.map(\.latencies.p99).median),
            cpu: loads.map(\.cpu).median
        )
    }

    init(requestsPerSecond: Double, latencies: (median: Double, p99: Double), cpu: Double) {
        self.requestsPerSecond = requestsPerSecond
        self.latencies = latencies
        self.cpu = cpu
    }
}
