/// The performance of a client under load.
struct Load: Sendable {
    let requestsPerSecond: Double
    /// The latencies in microseconds.
    let latencies: (median: Double, p99: Double)
    /// The processor time of this process in microseconds a request; not a number if the client is another process.
    let cpu: Double

    /// Sends requests in several tasks.
    ///
    /// Each task sends its next request after the response to the last one.
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
            for try await measured in group { latencies += measured }
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

    /// Creates the median of several measurements, separately for each figure.
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
