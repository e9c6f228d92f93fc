import Countersign
import ExampleServers

/// A background service that calls a protected API every second, with a generated client and without a schema.
///
/// It runs until SIGTERM or ^C, or for a number of rounds: `Worker --rounds 3`.
@main
struct Worker {
    static func main() async throws {
        let rounds = rounds(in: CommandLine.arguments)
        let servers = CatalogServers()
        let configuration = try servers.start()
        defer { servers.stop() }

        let generated = GeneratedJob(configuration)
        let manual = ManualJob(configuration)
        let work = Task {
            var round = 1
            while round <= rounds ?? .max, !Task.isCancelled {
                async let first: Void = report("generated client") { try await generated.run() }
                async let second: Void = report("without a schema") { try await manual.run() }
                _ = await (first, second)
                round += 1
                if round <= rounds ?? .max { try? await Task.sleep(for: .seconds(1)) }
            }
        }
        let termination = TerminationSignal()
        let stop = Task {
            await termination.wait()
            work.cancel()
        }
        await work.value
        stop.cancel()
        // Both clients use the shared runtime.
        print(await CountersignRuntime.shared.shutdown())
    }

    /// Runs a job and prints its result or error; the worker continues after an error.
    private static func report(_ name: String, _ job: @Sendable () async throws -> String) async {
        do {
            print("\(name): \(try await job())")
        } catch {
            print("\(name): error: \(error)")
        }
    }

    private static func rounds(in arguments: [String]) -> Int? {
        guard let option = arguments.firstIndex(of: "--rounds"), option + 1 < arguments.count else { return nil }
        return Int(arguments[option + 1])
    }
}
