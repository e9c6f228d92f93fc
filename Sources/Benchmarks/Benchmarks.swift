import Foundation

/// Measures what a call costs, each figure beside its floor or its peer in the same run.
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

    /// What takes minutes is run only when it is named.
    private static let onlyByName: Set = ["first-build", "generate"]

    static func main() async throws {
        let names = CommandLine.arguments.dropFirst()
        let chosen = all.filter { names.isEmpty ? !onlyByName.contains($0.name) : names.contains($0.name) }
        guard names.allSatisfy({ name in all.contains { $0.name == name } }) else {
            print("usage: Benchmarks [name…], with names among: \(all.map(\.name).joined(separator: " "))")
            exit(64)
        }
        print(MachineFacts.text)
        for (_, run) in chosen {
            // Away from the main actor: from it, every hop to another executor would be in the figures.
            print(try await Task.detached { try await run() }.value)
        }
    }
}
