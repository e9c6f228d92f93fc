import Countersign
import ExampleServers

/// Calls a protected API with the client generated from `Schemas/Quickstart/Catalog.client.yaml`, and prints all
/// requests and responses.
///
/// Without options it starts the authorization server and the API itself.
@main
struct Quickstart {
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            switch options.task {
            case .help: print(Options.help)
            case .serve: try await serve()
            case .callEmbedded: try await callEmbedded()
            case .call(let configuration): try await Tour(configuration, servers: nil).run()
            }
        } catch let error as Options.UsageError {
            print("error: \(error.text)\n\n\(Options.help)")
            exitWithFailure()
        } catch {
            print("\nerror: \(error)")
            exitWithFailure()
        }
    }

    private static func callEmbedded() async throws {
        let servers = CatalogServers()
        let configuration = try servers.start()
        defer { servers.stop() }
        try await Tour(configuration, servers: servers).run()
    }

    private static func serve() async throws {
        let servers = CatalogServers()
        let configuration = try servers.start()
        print(
            """
            An authorization server and a catalog API are running on 127.0.0.1. Press ^C to stop them.
            To call the API, run in another terminal:

              QUICKSTART_SECRET=\(CatalogServers.secret) swift run Quickstart \\
                  --issuer \(configuration.issuer) --api \(configuration.api) --client-id \(configuration.clientID)
            """
        )
        flushOutput()
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
