import CAllocationCount

/// One of several operations that are measured side by side.
struct Contender: Sendable {
    let name: String
    /// Runs the operation `times` times.
    let run: @Sendable (_ times: Int) async throws -> Void
}

/// The cost of one operation.
struct Cost {
    /// The processor time of this process on all processors, so that other programs do not count.
    let nanoseconds: Double
    let allocations: Double
}

/// Measures operations in interleaved rounds, so that other load on the machine affects all of them alike.
///
/// - Returns: The median over the rounds for each operation.
func measure(
    _ contenders: [Contender],
    rounds: Int = 201,
    roundDuration: Duration = .milliseconds(2)
) async throws -> [Cost] {
    var times: [Int] = []
    for contender in contenders { times.append(try await repetitions(of: contender, in: roundDuration)) }
    var samples = Array(repeating: [Double](), count: contenders.count)
    for _ in 0..<rounds {
        for (index, contender) in contenders.enumerated() {
            let elapsed = try await duration(of: contender, times: times[index])
            samples[index].append(elapsed.nanoseconds / Double(times[index]))
        }
    }
    var costs: [Cost] = []
    for (index, contender) in contenders.enumerated() {
        // In a separate round, since counting takes time.
        allocation_count_begin()
        try await contender.run(1000)
        let allocations = (Double(allocation_count_end()) / 1000).rounded()
        costs.append(Cost(nanoseconds: samples[index].median, allocations: allocations))
    }
    return costs
}

private func duration(of contender: Contender, times: Int) async throws -> Duration {
    let start = ProcessorTime.now
    try await contender.run(times)
    return ProcessorTime.now - start
}

/// Returns the number of repetitions for a round of this duration.
private func repetitions(of contender: Contender, in roundDuration: Duration) async throws -> Int {
    var times = 1
    // The first run has one-time costs and is not measured.
    try await contender.run(times)
    while true {
        let elapsed = try await duration(of: contender, times: times)
        if elapsed > roundDuration / 4 {
            return max(1, Int(Double(times) * (roundDuration / elapsed)))
        }
        times *= 2
    }
}

extension Duration {
    var nanoseconds: Double { self / .nanoseconds(1) }
    var microseconds: Double { self / .microseconds(1) }
}

extension [Double] {
    /// The median; not a number for an empty array.
    var median: Double { quantile(0.5) }

    /// Returns the value below which this share of the values lies.
    func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }
}

/// Prevents the compiler from removing the computation of `value`.
@inline(never)
func keep<Value>(_ value: Value) {}
