import Countersign
import CountersignLoopback
import ExampleServers

/// A web application whose pages are made of what a protected API answers; it calls the API as itself, not for its
/// visitors.
///
/// It serves on loopback until it is interrupted. `WebService --check` requests its own pages instead, and ends.
@main
struct WebService {
    static func main() async throws {
        let servers = CatalogServers()
        let target = try servers.start()
        defer { servers.stop() }

        let site = Site(target)
        let server = LoopbackServer { request in await site.answer(request) }
        let url = try server.start()
        defer { server.stop() }

        if CommandLine.arguments.contains("--check") {
            for path in ["", "by-hand", "items/it_2", "items/none", "nowhere", "metrics"] {
                let response = try await CurlTransport.shared.send(HTTP.Request(url: HTTP.URL("\(url.string)\(path)")))
                print("/\(path): \(response.status.rawValue), \(response.body.count) bytes")
            }
        } else {
            print("Open \(url.string) in a browser; ^C ends it.")
            flushOutput()
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}
