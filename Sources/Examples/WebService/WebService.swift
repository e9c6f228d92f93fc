import Countersign
import CountersignLoopback
import ExampleServers

/// A web server that shows data of a protected API, which it calls with its own credentials.
///
/// It runs until SIGTERM or ^C, and then finishes its work. `WebService --check` requests all of its pages and exits.
@main
struct WebService {
    static func main() async throws {
        let servers = CatalogServers()
        let configuration = try servers.start()
        defer { servers.stop() }

        let site = CatalogSite(configuration)
        let server = LoopbackServer { request in await site.response(to: request) }
        let url = try server.start()
        defer { server.stop() }

        if CommandLine.arguments.contains("--check") {
            for path in ["", "raw", "items/it_2", "items/unknown", "unknown", "metrics"] {
                let response = try await CurlTransport.shared.send(HTTP.Request(url: HTTP.URL("\(url.string)\(path)")))
                print("/\(path): status \(response.status), \(response.body.count) bytes")
            }
        } else {
            let termination = TerminationSignal()
            print("Open \(url.string) in a browser. Press ^C to stop the server.")
            flushOutput()
            await termination.wait()
            // No new requests; then the token requests under way.
            server.stopListening()
            print(await site.runtime.shutdown())
        }
    }
}
