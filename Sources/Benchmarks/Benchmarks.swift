import Foundation

/// Measures the costs of tokens, proofs, calls and builds.
///
/// Each figure is compared with a floor (a lower bound) or a peer (an alternative) from the same run.
@main
enum Benchmarks {
    private static let all: [(name: String, run: @Sendable () async throws -> Table)] = [
        ("read", TokenReadBenchmark.run),
        ("proof", ProofBenchmark.run),
        ("call", CallBenchmark.run),
        ("clients", ClientBenchmark.run),
        ("waiters", WaitersBenchmark.run),
        ("contention", ContentionBenchmark.run),
        ("cache", CacheBenchmark.run),
        ("delays", DelayBenchmark.run),
        ("load", LoadBenchmark.run),
        ("first-build", FirstBuildBenchmark.run),
        ("generate", GenerateBenchmark.run),
    ]

    /// Benchmarks that take minutes.
    ///
    /// They run only if they are named.
    private static let onlyByName: Set = ["first-build", "generate"]

    static func main() async throws {
        let names = CommandLine.arguments.dropFirst()
        let chosen = all.filter { names.isEmpty ? !onlyByName.contains($0.name) : names.contains($0.name) }
        guard names.allSatisfy({ name in all.contains { $0.name == name } }) else {
            print("usage: Benchmarks [name…]; the names are: \(all.map(\.name).joined(separator: " "))")
            exit(64)
        }
        print(MachineFacts.text)
        for (_, run) in chosen {
            // Not on the main actor, since the figures would contain its hops to other executors.
            print(try await Task.detached { try await run() }.value)
        }
    }
}
