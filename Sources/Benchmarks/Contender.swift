import CAllocationCount

/// One of the things that are measured side by side.
struct Contender: Sendable {
    let name: String
    /// Does the thing so many times.
    let run: @Sendable (_ times: Int) async throws -> Void
}

/// What doing a thing once costs.
struct Cost {
    /// Of all processors together: what else the machine does is not in it.
    let nanoseconds: Double
    let allocations: Double
}

/// Measures things in interleaved rounds, so that what else the machine does meets all of them alike.
///
/// - Returns: For each the median over the rounds.
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
        // Counting costs time, so it has a round of its own.
        allocation_count_begin()
        try await contender.run(1000)
        let allocations = Double(allocation_count_end()) / 1000
        costs.append(Cost(nanoseconds: samples[index].median, allocations: allocations))
    }
    return costs
}

private func duration(of contender: Contender, times: Int) async throws -> Duration {
    let start = ProcessorTime.now
    try await contender.run(times)
    return ProcessorTime.now - start
}

/// How often a contender is to run for a round to take that long; it is warm afterwards.
private func repetitions(of contender: Contender, in roundDuration: Duration) async throws -> Int {
    var times = 1
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
    /// The middle value; of an empty array, not a number.
    var median: Double { quantile(0.5) }

    /// The value that this share of the others is below.
    func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }
}

/// Keeps the compiler from leaving out the work that made `value`.
@inline(never)
func keep<Value>(_ value: Value) {}
