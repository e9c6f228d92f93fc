import CountersignHTTP
import Foundation
import Testing

@Suite(
    "Curl transport: TLS",
    .timeLimit(.minutes(15)),
    .enabled(if: TLSServer.openssl != nil, "requires the command openssl")
)
struct CurlTransportTLSTests {
    private func get(
        _ url: String,
        _ authorities: CurlTransport.CertificateAuthorities,
        allowsHTTP2: Bool = true
    ) async throws -> HTTP.Response {
        var configuration = CurlTransport.Configuration()
        configuration.certificateAuthorities = authorities
        configuration.allowsHTTP2 = allowsHTTP2
        return try await CurlTransport(configuration).send(HTTP.Request(url: HTTP.URL(url)))
    }

    @Test("A server with a configured authority is trusted", arguments: [true, false])
    func trusted(allowsHTTP2: Bool) async throws {
        let server = try TLSServer()
        let url = "https://localhost:\(server.port)/"
        #expect(try await get(url, .pemFile(server.certificateFile), allowsHTTP2: allowsHTTP2).status == 200)
        #expect(try await get(url, .pem(server.certificate), allowsHTTP2: allowsHTTP2).status == 200)
    }

    @Test("An unknown authority, another authority or another name is not trusted, and nothing is sent")
    func untrusted() async throws {
        let (server, other) = (try TLSServer(), try TLSServer())
        let url = "https://localhost:\(server.port)/"
        let attempts: [(String, CurlTransport.CertificateAuthorities)] = [
            (url, .system), (url, .pem(try other.certificate)), (url, .pemFile(other.certificateFile)),
            (url, .pemFile("/nonexistent.pem")), (url, .pem([])), (url, .pem(Array("no certificate".utf8))),
            ("https://127.0.0.1:\(server.port)/", .pem(try server.certificate)),
        ]
        for (url, authorities) in attempts {
            let error = await transportError { try await get(url, authorities) }
            #expect(error?.kind == .tls, "\(url) \(authorities)")
            #expect(error?.requestMayHaveBeenProcessed == false)
        }
    }

    @Test("Nothing is sent to a server without TLS")
    func plain() async throws {
        let server = try ScriptedServer([.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), .awaitClose])
        let error = await transportError { try await get("https://127.0.0.1:\(server.port)/", .system) }
        #expect(error?.kind == .tls)
        #expect(error?.requestMayHaveBeenProcessed == false)
    }

    @Test("A TLS handshake that does not end fails after the connection timeout")
    func handshake() async throws {
        let server = try ScriptedServer([.awaitClose])
        var configuration = CurlTransport.Configuration()
        configuration.connectTimeout = .milliseconds(100)
        let transport = CurlTransport(configuration)
        let url = try server.url(scheme: "https")
        let error = await transportError { try await transport.send(HTTP.Request(url: url)) }
        #expect(error?.kind == .timedOut)
        #expect(error?.requestMayHaveBeenProcessed == false)
    }

    @Test("TLS secrets are not written to the file that SSLKEYLOGFILE names")
    func keyLog() async {
        // libcurl reads the variable once, before the first transfer of a process.
        await #expect(processExitsWith: .success) {
            let server = try TLSServer()
            let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            setenv("SSLKEYLOGFILE", file, 1)
            defer { unlink(file) }
            var configuration = CurlTransport.Configuration()
            configuration.certificateAuthorities = .pemFile(server.certificateFile)
            let url = try HTTP.URL("https://localhost:\(server.port)/")
            guard try await CurlTransport(configuration).send(HTTP.Request(url: url)).status == 200 else { exit(2) }
            // libcurl has opened the file, which shows that it read the variable.
            guard let log = FileManager.default.contents(atPath: file), log.isEmpty else { exit(3) }
        }
    }
}
