import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

@testable import CountersignCLI

@Suite("Signing in from the command line")
struct SignInTests {
    /// A server to sign in at, and a machine to do it from.
    private final class Desk: Sendable {
        let server: FakeAuthorizationServer
        let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-\(UUID().uuidString)")
        let issuer: String
        private let user = FakeUser(subject: "u1", name: "Ada \u{1B}[31mLovelace", email: "ada@example.com")

        init(clock: any RuntimeClock = SystemClock()) throws {
            server = FakeAuthorizationServer(clock: clock)
            issuer = server.issuer
            server.register(
                .init(
                    id: "cli",
                    authentication: .none,
                    scopes: ["openid", "profile", "offline_access", "notes"],
                    grantTypes: [.authorizationCode, .refreshToken, .deviceCode],
                    redirectURIs: ["http://127.0.0.1/callback"]
                )
            )
        }

        deinit {
            try? FileManager.default.removeItem(at: folder)
        }

        /// Does what a user does in front of a browser.
        func browse(_ url: String, agrees: Bool = true) {
            Task { [self] in
                let answer =
                    agrees
                    ? try await server.approve(authorizationURL: url, as: user)
                    : try await server.deny(authorizationURL: url)
                // A page of another site has guessed the port.
                let guess = "\(answer.url.prefix { $0 != "?" })?error=access_denied&state=guessed"
                try await visit(guess)
                try await visit(answer.url)
            }
        }

        private func visit(_ url: String) async throws {
            var request = HTTP.Request(url: try HTTP.URL(url))
            // Longer than any machine is busy: what is tested ends by itself.
            request.timeout = .seconds(900)
            _ = try await CurlTransport.shared.send(request)
        }

        nonisolated(nonsending) func run(
            _ arguments: String...,
            agrees: Bool = true,
            clock: any RuntimeClock = SystemClock()
        ) async -> (exitCode: ExitCode, output: String, errors: String) {
            var output = ""
            var errors = ""
            var configuration = Runtime.Configuration()
            configuration.clock = clock
            // In this process, so that no time-out depends on how busy the machine is.
            configuration.transport = FakeNetwork(server)
            let tool = CommandLineTool(
                output: { output += $0 },
                errors: { text in
                    errors += text
                    // Whoever reads the code of the device flow enters it.
                    let code = text.split(separator: "\n").first { $0.contains("enter the code") }?.split(
                        separator: " "
                    ).last
                    if let code { try? self.server.approveDevice(userCode: String(code), as: self.user) }
                },
                environment: ["COUNTERSIGN_HOME": folder.path, "HOME": "/nonexistent"],
                runtime: Runtime(configuration),
                openBrowser: { url in
                    self.browse(url, agrees: agrees)
                    return true
                }
            )
            let exitCode = await tool.run(arguments)
            return (exitCode, output, errors)
        }
    }

    @Test(
        "Sign in with a browser, whatever others send, use the token, sign out: and nothing is left, here or there",
        arguments: [[], ["--dpop"]]
    )
    func roundTrip(_ options: [String]) async throws {
        let desk = try Desk()
        let dpop = options.first ?? "--scope=openid"
        let signedIn = await desk.run(
            "sign-in",
            "--issuer",
            desk.issuer,
            "--client-id=cli",
            "--scope",
            "openid profile offline_access notes",
            dpop
        )
        #expect(signedIn.exitCode == .success, "\(signedIn.errors)")
        #expect(signedIn.output == "Signed in as Ada [31mLovelace at \(desk.issuer)\n")

        let facts = await desk.run("token")
        #expect(facts.exitCode == .success)
        #expect(facts.output.contains("type: \(options.isEmpty ? "Bearer" : "DPoP")\n"))
        #expect(facts.output.contains("renewable: yes\n"))
        #expect(facts.output.contains("curl has no use for it") == !options.isEmpty)
        let printed = await desk.run("token", "--print")
        let token = printed.output.trimmingCharacters(in: .newlines)
        #expect(desk.server.issuedTokens.contains { $0.value == token })
        #expect(!facts.output.contains(token))
        let renewed = await desk.run("token", "--print", "--renew")
        #expect(renewed.exitCode == .success)
        #expect(renewed.output != printed.output)

        let signedOut = await desk.run("sign-out")
        #expect(signedOut.exitCode == .success, "\(signedOut.errors)")
        #expect(signedOut.output.hasPrefix("The refresh token is revoked.\nSigned out.\n"))
        #expect(
            signedOut.output.contains(
                "To sign out in the browser, too: \(desk.server.url(of: .endSession))?client_id=cli"
            )
        )
        #expect(!signedOut.output.contains("id_token"))
        #expect(await desk.run("token").exitCode == .notSignedIn)
        #expect(await desk.run("sign-out").exitCode == .notSignedIn)
    }

    @Test("A sign-out whose revocation failed, or whose session stays stored, says so and exits with a failure")
    func failedSignOut() async throws {
        let desk = try Desk()
        let options = ["--issuer", desk.issuer, "--client-id", "cli", "--scope", "openid offline_access"]
        func signIn() async -> ExitCode {
            await desk.run("sign-in", options[0], options[1], options[2], options[3], options[4], options[5]).exitCode
        }
        #expect(await signIn() == .success)
        desk.server.inject(.status(503), at: .revocation)
        let unrevoked = await desk.run("sign-out")
        #expect(unrevoked.exitCode == .unavailable)
        #expect(unrevoked.errors.contains("the refresh token was not revoked: "))
        #expect(unrevoked.output.hasPrefix("Signed out.\n"))
        #expect(await desk.run("token").exitCode == .notSignedIn)

        #expect(await signIn() == .success)
        let sessions = desk.folder.appending(path: "sessions")
        try Self.refuseWrites(in: sessions)
        desk.server.inject(.status(503), at: .revocation)
        let stored = await desk.run("sign-out")
        #expect(stored.exitCode == .failure)
        #expect(stored.errors.contains("the refresh token was not revoked: "))
        #expect(stored.errors.contains("still signed in on this machine, for the session is still stored: "))
        #expect(stored.errors.contains(sessions.path))
        #expect(!stored.output.contains("Signed out"))
        #expect(await desk.run("token").exitCode == .success)

        let families = desk.server.liveRefreshTokenFamilies.count
        let refused = await desk.run("sign-in", options[0], options[1], options[2], options[3], "--profile", "other")
        #expect(refused.exitCode == .failure)
        #expect(refused.errors.contains("the new session is not stored: ") && refused.errors.contains(sessions.path))
        #expect(!refused.output.contains("Signed in"))
        #expect(desk.server.liveRefreshTokenFamilies.count == families, "the refresh token is revoked")
    }

    /// Permissions would not do: the superuser may do anything.
    private static func refuseWrites(in folder: URL) throws {
        for number in 0..<64 {
            let lock = folder.appending(path: "write-\(number).lock")
            try? FileManager.default.removeItem(at: lock)
            try FileManager.default.createDirectory(at: lock, withIntermediateDirectories: false)
        }
    }

    @Test("A user who does not agree is not signed in, and the exit code says who refused")
    func denied() async throws {
        let desk = try Desk()
        let run = await desk.run("sign-in", "--issuer", desk.issuer, "--client-id", "cli", agrees: false)
        #expect(run.exitCode == .refused)
        #expect(run.errors.contains("access_denied"))
        #expect(await desk.run("token").exitCode == .notSignedIn)
    }

    @Test("Another device signs in by the code that is shown")
    func device() async throws {
        let clock = VirtualClock()
        let desk = try Desk(clock: clock)
        let polling = Task {
            while !Task.isCancelled {
                await clock.waitForSleepers(1)
                clock.advanceToNextDeadline()
            }
        }
        defer { polling.cancel() }
        let run = await desk.run(
            "sign-in",
            "--device",
            "--issuer",
            desk.issuer,
            "--client-id",
            "cli",
            clock: clock
        )
        #expect(run.exitCode == .success, "\(run.errors)")
        #expect(run.errors.contains("and enter the code    "))
    }

    @Test("Programs that begin at the same time have one key, and none of them half of it")
    func oneKey() async throws {
        for _ in 0..<50 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let open = { @Sendable in try SignInFolder(environment: ["COUNTERSIGN_HOME": folder.path]).store }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in "abcdefgh" {
                    group.addTask { _ = try await open().save([1], as: "\(name)", replacing: nil, until: nil) }
                }
                try await group.waitForAll()
            }
            let store = try open()
            for name in "abcdefgh" { #expect(try await store.load("\(name)") != nil) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "config").path)
            #expect(names == ["store-key"])
        }
    }

    @Test("A schema says where to sign in, as what, and what for")
    func schema() async throws {
        let desk = try Desk()
        let schema = desk.folder.appendingPathExtension("client.yaml")
        try Data(
            """
            client: NotesAPI
            server: https://notes.example.com
            auth:
              user: { authorizationCode: { issuer: "\(desk.issuer)", clientID: cli, scopes: [openid, offline_access] } }
            operations: { list: { get: /notes, auth: user, scopes: [notes], returns: nothing } }
            """.utf8
        ).write(to: schema)
        defer { try? FileManager.default.removeItem(at: schema) }
        let run = await desk.run("sign-in", "--schema", schema.path, "--profile", "notes")
        #expect(run.exitCode == .success, "\(run.errors)")
        let facts = await desk.run("token", "--profile", "notes").output
        let scopes = facts.split(separator: "\n").first { $0.hasPrefix("scopes: ") }?.dropFirst("scopes: ".count)
        #expect(Set(scopes?.split(separator: " ") ?? []) == ["openid", "offline_access", "notes"])
        #expect(await desk.run("token").exitCode == .notSignedIn)
        let narrow = await desk.run("token", "--profile", "notes", "--scope", "admin")
        #expect(narrow.exitCode == .refused)
        #expect(narrow.errors.contains("missingScope"))
    }

    @Test("What is kept on disk is sealed: no token, name or address stands in any file")
    func sealed() async throws {
        let desk = try Desk()
        _ = await desk.run("sign-in", "--issuer", desk.issuer, "--client-id", "cli", "--dpop")
        let token = await desk.run("token", "--print").output.trimmingCharacters(in: .newlines)
        try #require(!token.isEmpty)
        let files = try #require(FileManager.default.enumerator(at: desk.folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files {
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0, "\(file.path)")
            guard let data = try? Data(contentsOf: file) else { continue }
            count += 1
            for secret in [token, "Lovelace", desk.issuer, "refresh"] {
                #expect(data.range(of: Data(secret.utf8)) == nil, "\(file.lastPathComponent) holds \(secret)")
            }
        }
        #expect(count >= 4)
    }

    @Test("A server that is not there is a passing failure, and the exit code says so")
    func unreachable() async throws {
        let desk = try Desk()
        desk.server.inject(
            .transportError(
                HTTP.TransportError(kind: .connect, message: "refused", requestMayHaveBeenProcessed: false)
            ),
            at: nil,
            times: nil
        )
        let run = await desk.run("sign-in", "--issuer", desk.issuer, "--client-id", "cli")
        #expect(run.exitCode == .unavailable, "\(run.errors)")
        #expect(run.output == "")
    }

    static let complaints: [([String], String)] = [
        (["sign-in"], "say where to sign in: '--schema' with a file, or '--issuer' with a URL"),
        (["sign-in", "--issuer", "https://a.example"], "'--client-id' is missing: who is registered there?"),
        (["sign-in", "--issuer", "https://a.example", "--client-id=a", "--port=x"], "'x' is not a port number"),
        (["sign-in", "--dpop=yes"], "'--dpop' takes no value"),
        (["token", "all"], "unexpected argument 'all'"),
        (["sign-out", "--print"], "unknown option '--print'; expected one of --help, --profile, --no-revocation"),
    ]

    @Test("A command line that lacks something says what", arguments: complaints)
    func complains(_ arguments: [String], _ message: String) async {
        var errors = ""
        let tool = CommandLineTool(output: { _ in }, errors: { errors += $0 }, environment: ["HOME": "/nonexistent"])
        #expect(await tool.run(arguments) == .failure)
        #expect(errors == "countersign: \(message)\nSee 'countersign \(arguments[0]) --help'.\n")
    }
}
