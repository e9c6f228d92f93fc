import Countersign
import CountersignHTTP
import CountersignLoopback
import Foundation

/// The server under load: nginx if it is installed, otherwise a server in this process.
struct LoadServer {
    let url: String
    let description: String
    private let end: () -> Void

    static func start() async throws -> LoadServer {
        guard let nginx = Command("nginx") else { return try startLoopback() }
        return try await start(nginx)
    }

    func stop() { end() }

    private static func startLoopback() throws -> LoadServer {
        let server = LoopbackServer { HTTP.Response(json: Catalog.responseBody(to: $0.target)) }
        let url = try server.start()
        return LoadServer(
            url: url.origin.description,
            description: "nginx is not installed: the server runs in this process, and the figures include its work.",
            end: { server.stop() }
        )
    }

    private static func start(_ nginx: Command) async throws -> LoadServer {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("benchmarks-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let port = try freePort()
        let configuration = directory.appendingPathComponent("nginx.conf")
        try Data(Self.configuration(port: port).utf8).write(to: configuration)
        let process = Process()
        process.executableURL = nginx.executable
        process.arguments = ["-p", directory.path, "-e", "error.log", "-c", configuration.path]
        try process.run()
        let url = "http://127.0.0.1:\(port)"
        let server = LoadServer(
            url: url,
            description: "The server: nginx on loopback, 2 workers, on the same cores.",
            end: {
                process.terminate()
                process.waitUntilExit()
                try? FileManager.default.removeItem(at: directory)
            }
        )
        let client = Catalog.client(at: url, runtime: .shared)
        for _ in 0..<200 {
            if (try? await client.item(id: "it_1")) != nil { return server }
            try await Task.sleep(for: .milliseconds(20))
        }
        server.stop()
        throw LoadServerError(description: "nginx did not respond at \(url) within 4 s")
    }

    private static func freePort() throws -> Int {
        let probe = LoopbackServer { _ in HTTP.Response(json: "") }
        defer { probe.stop() }
        return try probe.start().origin.port
    }

    private static func configuration(port: Int) -> String {
        let temporaries = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \($0);" }
        let locations = ["/", "/token/bearer", "/token/bound"].map { path in
            "location \(path == "/" ? path : "= " + path) { return 200 '\(Catalog.responseBody(to: path))'; }"
        }
        return """
            worker_processes 2;
            daemon off;
            pid nginx.pid;
            events { worker_connections 1024; }
            http {
                access_log off;
                default_type application/json;
                keepalive_requests 1000000000;
                \(temporaries.joined(separator: " "))
                server {
                    listen 127.0.0.1:\(port);
                    \(locations.joined(separator: "\n        "))
                }
            }
            """
    }
}

struct LoadServerError: Error, CustomStringConvertible {
    let description: String
}
