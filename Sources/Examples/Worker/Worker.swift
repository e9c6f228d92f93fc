import Countersign
import ExampleServers

/// A background service that calls a protected API again and again, in the two forms there are: through a generated
/// client, and by hand.
///
/// It runs until it is interrupted, or for a number of rounds: `Worker --rounds 3`.
@main
struct Worker {
    static func main() async throws {
        let rounds = rounds(in: CommandLine.arguments)
        let servers = CatalogServers()
        let target = try servers.start()
        defer { servers.stop() }

        let generated = GeneratedJob(target)
        let manual = ManualJob(target)
        var round = 1
        while round <= rounds ?? .max {
            async let first: Void = report("generated") { try await generated.run() }
            async let second: Void = report("by hand") { try await manual.run() }
            _ = await (first, second)
            round += 1
            if round <= rounds ?? .max { try await Task.sleep(for: .seconds(1)) }
        }
    }

    /// A worker outlives the failures of one round: it says what went wrong and goes on.
    private static func report(_ form: String, _ job: @Sendable () async throws -> String) async {
        do {
            print("\(form): \(try await job())")
        } catch {
            print("\(form): \(error)")
        }
    }

    private static func rounds(in arguments: [String]) -> Int? {
        guard let option = arguments.firstIndex(of: "--rounds"), option + 1 < arguments.count else { return nil }
        return Int(arguments[option + 1])
    }
}
