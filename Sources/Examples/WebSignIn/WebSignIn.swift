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

/// A web application with signed-in users: see `WebSignIn --help`.
@main
struct WebSignIn {
    static func main() async {
        do {
            let options = try Options(CommandLine.arguments.dropFirst())
            if options.showsHelp { return print(Options.help) }
            if options.checks { return try await Check.run() }
            let termination = TerminationSignal()
            let running = try await start(options) { failure in
                print(failure)
                flushOutput()
            }
            print("Open \(running.origin)/ in a browser. Press ^C to stop the server.")
            flushOutput()
            await termination.wait()
            // No new requests; then the refreshes, saves and sign-outs under way, which need the authorization server.
            running.server.stopListening()
            print(await running.runtime.shutdown())
            return running.stop()
        } catch let error as Options.UsageError {
            print("error: \(error.text)\n\n\(Options.help)")
        } catch {
            print("error: \(error)")
        }
        exit(1)
    }

    /// A running site, with the embedded servers if it uses them.
    struct Running {
        let origin: HTTP.Origin
        let server: LoopbackServer
        let runtime: CountersignRuntime
        let embedded: NotesServers?

        func stop() {
            server.stop()
            embedded?.stop()
        }
    }

    /// - Parameters:
    ///   - options: The options on the command line.
    ///   - log: Writes a line about a failed request.
    static func start(_ options: Options, log: @escaping @Sendable (String) -> Void) async throws -> Running {
        // The site needs the port, which is known only after the server has started.
        let handler = Mutex<RequestHandler?>(nil)
        let server = LoopbackServer(port: options.port ?? 8080) { request in
            await handler.withLock { $0 }?.response(to: request) ?? HTTP.Response(status: 503)
        }
        let listener = try server.start().origin
        let origin = options.origin ?? listener
        var embedded: NotesServers?
        let servers: Options.Servers
        let secret: SecretValue?
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
            secret = SecretValue(NotesServers.secret)
            embedded = notes
        }
        let site = await NotesSite(at: origin, servers, secret: secret)
        let issuer = try HTTP.URL(servers.issuer).origin
        handler.withLock {
            $0 = RequestHandler(site: site, listener: listener, origin: origin, issuer: issuer, log: log)
        }
        return Running(origin: origin, server: server, runtime: site.runtime, embedded: embedded)
    }
}
