import Countersign
import CountersignLoopback
import CountersignOIDC
import ExampleServers
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A web application whose users sign in: see `WebSignIn --help`.
@main
struct WebSignIn {
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            if options.showsHelp { return print(Options.help) }
            if options.checks { return try await Check.run() }
            let running = try await start(options) { failure in
                print(failure)
                flushOutput()
            }
            print("Open \(running.origin)/ in a browser; ^C ends it.")
            flushOutput()
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch let mistake as Options.Mistake {
            print("\(mistake.text)\n\n\(Options.help)")
        } catch {
            print("The web application ends: \(error)")
        }
        exit(1)
    }

    /// The site, and the servers that it works with where those are embedded.
    struct Running {
        let origin: HTTP.Origin
        let server: LoopbackServer
        let embedded: NotesServers?

        func stop() {
            server.stop()
            embedded?.stop()
        }
    }

    /// - Parameter log: What is told of every request that failed.
    static func start(_ options: Options, log: @escaping @Sendable (String) -> Void) async throws -> Running {
        // The port is known when the server listens, and the site when the port is known.
        let front = Mutex<Front?>(nil)
        let server = LoopbackServer(port: options.port ?? 8080) { request in
            await front.withLock { $0 }?.answer(request) ?? HTTP.Response(status: 503)
        }
        let origin = try server.start().origin
        var embedded: NotesServers?
        let servers: Options.Servers
        let secret: Secret?
        if let own = options.servers {
            servers = own
            secret = own.secretVariable.map { .environment($0) }
        } else {
            let notes = NotesServers(
                redirectURI: "\(origin)/callback",
                postLogoutRedirectURI: "\(origin)/signed-out",
                tokenLifetime: options.tokenLifetime
            )
            let (issuer, api) = try notes.start()
            servers = Options.Servers(issuer: issuer, clientID: NotesServers.clientID, api: api)
            secret = Secret(NotesServers.secret)
            embedded = notes
        }
        let site = await Site(at: origin, servers, secret: secret)
        let issuer = try HTTP.URL(servers.issuer).origin
        front.withLock { $0 = Front(site: site, origin: origin, issuer: issuer, log: log) }
        return Running(origin: origin, server: server, embedded: embedded)
    }
}
