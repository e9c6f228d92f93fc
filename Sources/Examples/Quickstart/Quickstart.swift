import Countersign
import ExampleServers

/// Calls a protected API through the client that is generated from `Schemas/Quickstart/Catalog.client.yaml`, and shows
/// what goes over the wire.
///
/// Without options it starts an authorization server and the API itself, on loopback.
@main
struct Quickstart {
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            switch options.task {
            case .help: print(Options.help)
            case .serve: try await serve()
            case .callEmbedded: try await callEmbedded()
            case .call(let target): try await Tour(target, servers: nil).run()
            }
        } catch let error as Options.Mistake {
            print("\(error.text)\n\n\(Options.help)")
            exitWithFailure()
        } catch {
            print("\nThe quickstart failed: \(error)")
            exitWithFailure()
        }
    }

    private static func callEmbedded() async throws {
        let servers = CatalogServers()
        let target = try servers.start()
        defer { servers.stop() }
        try await Tour(target, servers: servers).run()
    }

    private static func serve() async throws {
        let servers = CatalogServers()
        let target = try servers.start()
        print(
            """
            An authorization server and a catalogue run on loopback until you press ^C. In another terminal:

              QUICKSTART_SECRET=\(CatalogServers.secret) swift run Quickstart \\
                  --issuer \(target.issuer) --api \(target.api) --client-id \(target.clientID)
            """
        )
        flushOutput()
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
