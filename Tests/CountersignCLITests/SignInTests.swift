import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

@testable import CountersignCLI

@Suite("Signing in from the command line")
struct SignInTests {
    /// An authorization server, and a machine on which the tool runs.
    private final class Machine: Sendable {
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

        /// Acts as the user in the browser.
        func browse(_ url: String, approves: Bool = true) {
            Task { [self] in
                do {
                    let redirect =
                        approves
                        ? try await server.approve(authorizationURL: url, as: user)
                        : try await server.deny(authorizationURL: url)
                    // Another site's page, which has guessed the port.
                    let guess = "\(redirect.url.prefix { $0 != "?" })?error=access_denied&state=guessed"
                    try await visit(guess)
                    try await visit(redirect.url)
                } catch {
                    Issue.record(error, "the browser did not reach the redirect URI")
                }
            }
        }

        private func visit(_ url: String) async throws {
            var request = HTTP.Request(url: try HTTP.URL(url))
            // Never reached, even on a busy machine: the tool responds once it runs.
            request.timeout = .seconds(900)
            _ = try await CurlTransport.shared.send(request)
        }

        nonisolated(nonsending) func run(
            _ arguments: String...,
            approves: Bool = true,
            clock: any RuntimeClock = SystemClock()
        ) async -> (exitCode: ExitCode, output: String, errors: String) {
            var output = ""
            var errors = ""
            var configuration = CountersignRuntime.Configuration()
            configuration.clock = clock
            // In this process, so that no timeout depends on the load of the machine.
            configuration.transport = FakeNetwork(server)
            let tool = CommandLineTool(
                output: { output += $0 },
                errors: { text in
                    errors += text
                    // The user enters the code of the device flow as soon as it is shown.
                    let code = text.split(separator: "\n").first { $0.contains("enter the code") }?.split(
                        separator: " "
                    ).last
                    if let code { try? self.server.approveDevice(userCode: String(code), as: self.user) }
                },
                environment: ["COUNTERSIGN_HOME": folder.path, "HOME": "/nonexistent"],
                runtime: CountersignRuntime(configuration),
                openBrowser: { url in
                    self.browse(url, approves: approves)
                    return true
                }
            )
            let exitCode = await tool.run(arguments)
            return (exitCode, output, errors)
        }
    }

    @Test(
        "A user signs in with a browser despite foreign callbacks, uses the token and signs out completely",
        arguments: [[], ["--dpop"]]
    )
    func roundTrip(_ options: [String]) async throws {
        let machine = try Machine()
        let dpop = options.first ?? "--scope=openid"
        let signedIn = await machine.run(
            "sign-in",
            "--issuer",
            machine.issuer,
            "--client-id=cli",
            "--scope",
            "openid profile offline_access notes",
            dpop
        )
        #expect(signedIn.exitCode == .success, "\(signedIn.errors)")
        #expect(signedIn.output == "Signed in as Ada [31mLovelace at \(machine.issuer)\n")

        let status = await machine.run("token")
        #expect(status.exitCode == .success)
        #expect(status.output.contains("type: \(options.isEmpty ? "Bearer" : "DPoP")\n"))
        #expect(status.output.contains("renewable: yes\n"))
        #expect(status.output.contains("curl cannot use it") == !options.isEmpty)
        let printed = await machine.run("token", "--print")
        let token = printed.output.trimmingCharacters(in: .newlines)
        #expect(machine.server.issuedTokens.contains { $0.value == token })
        #expect(!status.output.contains(token))
        let renewed = await machine.run("token", "--print", "--renew")
        #expect(renewed.exitCode == .success)
        #expect(renewed.output != printed.output)

        let signedOut = await machine.run("sign-out")
        #expect(signedOut.exitCode == .success, "\(signedOut.errors)")
        #expect(signedOut.output.hasPrefix("The refresh token is revoked.\nSigned out.\n"))
        #expect(
            signedOut.output.contains(
                "To also sign out in the browser, open: \(machine.server.url(of: .endSession))?client_id=cli"
            )
        )
        #expect(!signedOut.output.contains("id_token"))
        #expect(await machine.run("token").exitCode == .notSignedIn)
        #expect(await machine.run("sign-out").exitCode == .notSignedIn)
    }

    @Test("A sign-out without a refresh token says which token it revokes")
    func signOutWithoutRefreshToken() async throws {
        let machine = try Machine()
        machine.server.configuration.requiresOfflineAccess = true
        for isRevocable in [true, false] {
            let scope = "--scope=openid"
            let signedIn = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id=cli", scope)
            #expect(signedIn.errors.contains("There is no refresh token"))
            if !isRevocable { machine.server.inject(.status(503), at: .revocation) }
            let signedOut = await machine.run("sign-out")
            #expect(signedOut.output.hasPrefix("The access token is revoked.\nSigned out.\n") == isRevocable)
            #expect(signedOut.errors.contains("the access token was not revoked: ") != isRevocable)
        }
    }

    @Test("A sign-out that cannot revoke the token or remove the session reports it and fails")
    func failedSignOut() async throws {
        let machine = try Machine()
        func signIn() async -> ExitCode {
            let scope = "--scope=openid offline_access"
            return await machine.run("sign-in", "--issuer", machine.issuer, "--client-id=cli", scope).exitCode
        }
        #expect(await signIn() == .success)
        machine.server.inject(.status(503), at: .revocation)
        let unrevoked = await machine.run("sign-out")
        #expect(unrevoked.exitCode == .unavailable)
        #expect(unrevoked.errors.contains("the refresh token was not revoked: "))
        #expect(unrevoked.output.hasPrefix("Signed out.\n"))
        #expect(await machine.run("token").exitCode == .notSignedIn)

        #expect(await signIn() == .success)
        let sessions = machine.folder.appending(path: "sessions")
        try Self.preventWrites(in: sessions)
        machine.server.inject(.status(503), at: .revocation)
        let stored = await machine.run("sign-out")
        #expect(stored.exitCode == .failure)
        #expect(stored.errors.contains("the refresh token was not revoked: "))
        #expect(stored.errors.contains("still signed in: the stored session could not be removed: "))
        #expect(stored.errors.contains(sessions.path))
        #expect(!stored.output.contains("Signed out"))
        #expect(await machine.run("token").exitCode == .success)

        let families = machine.server.liveRefreshTokenFamilies.count
        let unstored = await machine.run(
            "sign-in",
            "--issuer",
            machine.issuer,
            "--client-id=cli",
            "--profile",
            "other"
        )
        #expect(unstored.exitCode == .failure)
        #expect(unstored.errors.contains("the new session is not stored: ") && unstored.errors.contains(sessions.path))
        #expect(!unstored.output.contains("Signed in"))
        #expect(machine.server.liveRefreshTokenFamilies.count == families, "the refresh token is revoked")
    }

    /// Replaces the lock files by directories, since permissions do not stop the superuser.
    private static func preventWrites(in folder: URL) throws {
        for number in 0..<64 {
            let lock = folder.appending(path: "write-\(number).lock")
            try? FileManager.default.removeItem(at: lock)
            try FileManager.default.createDirectory(at: lock, withIntermediateDirectories: false)
        }
    }

    @Test("A user who denies the request is not signed in, and the exit code says so")
    func denied() async throws {
        let machine = try Machine()
        let run = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id", "cli", approves: false)
        #expect(run.exitCode == .rejected)
        #expect(run.errors.contains("access_denied"))
        #expect(await machine.run("token").exitCode == .notSignedIn)
    }

    @Test("A token that is due for renewal is printed, and the next run continues the session")
    func renewalInBackground() async throws {
        let clock = VirtualClock()
        let machine = try Machine(clock: clock)
        let scope = "openid offline_access"
        let signedIn = await machine.run(
            "sign-in",
            "--issuer",
            machine.issuer,
            "--client-id=cli",
            "--scope",
            scope,
            clock: clock
        )
        #expect(signedIn.exitCode == .success, "\(signedIn.errors)")
        clock.advance(by: .seconds(2700))
        // Its refresh is under way when the program ends, or does not begin.
        let run = await machine.run("token", clock: clock)
        #expect(run.exitCode == .success && run.output.contains("expires in: ") && run.errors.isEmpty)
        #expect(await machine.run("token", "--renew", clock: clock).exitCode == .success)
        #expect(machine.server.count(grantType: .refreshToken) >= 1 && machine.server.reuseDetections == 0)
    }

    @Test("A user signs in on another device with the displayed code")
    func device() async throws {
        let clock = VirtualClock()
        let machine = try Machine(clock: clock)
        let polling = Task {
            while !Task.isCancelled {
                await clock.waitForSleepers(1)
                clock.advanceToNextDeadline()
            }
        }
        defer { polling.cancel() }
        let run = await machine.run(
            "sign-in",
            "--device",
            "--issuer",
            machine.issuer,
            "--client-id",
            "cli",
            clock: clock
        )
        #expect(run.exitCode == .success, "\(run.errors)")
        #expect(run.errors.contains("and enter the code    "))
    }

    @Test("Processes that start at the same time create one encryption key, and all use it")
    func oneKey() async throws {
        for _ in 0..<50 {
            let folder = FileManager.default.temporaryDirectory.appending(path: "countersign-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let open = { @Sendable in try SignInStorage(environment: ["COUNTERSIGN_HOME": folder.path]).store }
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

    @Test("A schema provides the issuer, the client and the scopes")
    func schema() async throws {
        let machine = try Machine()
        let schema = machine.folder.appendingPathExtension("client.yaml")
        try Data(
            """
            client: NotesAPI
            server: https://notes.example.com
            auth:
              user: { authorizationCode: { issuer: "\(machine.issuer)", clientID: cli, scopes: [openid, offline_access], prompt: consent } }
            operations: { list: { get: /notes, auth: user, scopes: [notes], returns: nothing } }
            """.utf8
        ).write(to: schema)
        defer { try? FileManager.default.removeItem(at: schema) }
        let run = await machine.run("sign-in", "--schema", schema.path, "--profile", "notes")
        #expect(run.exitCode == .success, "\(run.errors)")
        let again = await machine.run("sign-in", "--schema", schema.path, "--prompt", "login", "--prompt=consent")
        #expect(again.exitCode == .success, "\(again.errors)")
        let prompts = machine.server.requests(to: .pushedAuthorization).map { $0.form["prompt"] }
        #expect(prompts == ["consent", "login consent"])
        #expect(await machine.run("sign-out").exitCode == .success)
        let status = await machine.run("token", "--profile", "notes").output
        let scopes = status.split(separator: "\n").first { $0.hasPrefix("scopes: ") }?.dropFirst("scopes: ".count)
        #expect(Set(scopes?.split(separator: " ") ?? []) == ["openid", "offline_access", "notes"])
        #expect(await machine.run("token").exitCode == .notSignedIn)
        #expect(await machine.run("token", "--profile", "notes", "--scope", "notes").exitCode == .success)
        // The server does not grant all requested scopes.
        machine.server.inject(.member("scope", "openid"), at: .token)
        _ = await machine.run("sign-in", "--schema", schema.path, "--profile", "notes")
        let narrow = await machine.run("token", "--profile", "notes", "--scope", "notes")
        #expect(narrow.exitCode == .rejected)
        #expect(narrow.errors.contains("missingScope"))
    }

    @Test("Without a refresh token, the tool says what the server may require")
    func noRefreshToken() async throws {
        let machine = try Machine()
        machine.server.register(
            .init(
                id: "cli",
                authentication: .none,
                scopes: ["openid", "offline_access"],
                grantTypes: [.authorizationCode],
                redirectURIs: ["http://127.0.0.1/callback"]
            )
        )
        let run = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id", "cli")
        #expect(run.exitCode == .success)
        #expect(run.errors.contains("--prompt consent"))
        let narrow = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id=cli", "--scope=openid")
        #expect(narrow.errors.contains("Request 'offline_access'."))
    }

    @Test("Stored sign-ins are encrypted: no file contains a token, a name or an address")
    func encrypted() async throws {
        let machine = try Machine()
        _ = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id", "cli", "--dpop")
        let token = await machine.run("token", "--print").output.trimmingCharacters(in: .newlines)
        try #require(!token.isEmpty)
        let files = try #require(FileManager.default.enumerator(at: machine.folder, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files {
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0, "\(file.path)")
            guard let data = try? Data(contentsOf: file) else { continue }
            count += 1
            for secret in [token, "Lovelace", machine.issuer, "refresh"] {
                #expect(data.range(of: Data(secret.utf8)) == nil, "\(file.lastPathComponent) holds \(secret)")
            }
        }
        #expect(count >= 4)
    }

    @Test("An unreachable server is a transient failure, and the exit code says so")
    func unreachable() async throws {
        let machine = try Machine()
        machine.server.inject(
            .transportError(
                HTTP.TransportError(kind: .connect, message: "refused", requestMayHaveBeenProcessed: false)
            ),
            at: nil,
            times: nil
        )
        let run = await machine.run("sign-in", "--issuer", machine.issuer, "--client-id", "cli")
        #expect(run.exitCode == .unavailable, "\(run.errors)")
        #expect(run.output == "")
    }

    static let usageErrors: [([String], String)] = [
        (["sign-in"], "the authorization server is missing; use '--schema' with a file or '--issuer' with a URL"),
        (
            ["sign-in", "--issuer", "https://a.example"],
            "the client identifier is missing; use '--client-id' with the one registered at the server"
        ),
        (["sign-in", "--issuer", "https://a.example", "--client-id=a", "--port=x"], "invalid port number 'x'"),
        (["sign-in", "--dpop=yes"], "option '--dpop' takes no value"),
        (["token", "all"], "unexpected argument 'all'"),
        (["sign-out", "--print"], "unknown option '--print'; expected one of --help, --profile, --no-revocation"),
    ]

    @Test("An incomplete command line is reported with what is missing", arguments: usageErrors)
    func reportsUsageError(_ arguments: [String], _ message: String) async {
        var errors = ""
        let tool = CommandLineTool(output: { _ in }, errors: { errors += $0 }, environment: ["HOME": "/nonexistent"])
        #expect(await tool.run(arguments) == .failure)
        #expect(errors == "countersign: \(message)\nSee 'countersign \(arguments[0]) --help'.\n")
    }
}
