import Countersign
import CountersignJSON
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("What must never be printed")
struct CanaryTests {
    private let world = World()
    private let printed = Printed()

    /// Everything that was printed, and everything that must not be in it.
    private final class Printed: Sendable {
        private let texts = Locked<[String]>([])

        func add(_ value: some Sendable) {
            var dumped = ""
            dump(value, to: &dumped)
            let texts = [String(describing: value), String(reflecting: value), "\(value)", dumped]
            self.texts.withLock { $0 += texts }
        }

        /// The secrets of which even eight characters in a row can be found.
        func leaks(of secrets: [String]) -> [String] {
            let texts = texts.withLock { $0.joined(separator: "\n") }
            return secrets.filter { secret in
                let characters = Array(secret)
                guard characters.count >= 8 else { return false }
                return texts.contains(String(characters.prefix(8))) || texts.contains(String(characters.suffix(8)))
            }
        }
    }

    /// The secrets of a request, as they travel.
    private func secrets(of request: AuthorizationRequest) -> [String] {
        let transaction = request.transaction
        return [transaction.state, transaction.nonce ?? "", transaction.verifier]
    }

    @Test("No value of a sign-in prints a token, a code, a verifier, a state, a nonce or a secret")
    func values() async throws {
        let client = world.web {
            $0.dpop = .es256; $0.loadsUserInfo = true; $0.scopes.append("offline_access")
        }
        let request = try await client.authorizationRequest()
        let answer = try await world.server.approve(authorizationURL: request.url, as: world.ada)
        let callback = AuthorizationCallback.url(answer.url)
        let result = try await client.complete(request.transaction, callback: callback)
        let device = try await client.deviceAuthorization()
        let refreshToken = try #require(result.response.refreshToken)
        let introspection = try await client.introspect(result.response.accessToken)
        let issued = try await client.refresh(Secret(refreshToken))
        let logout = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        printed.add(client)
        printed.add(client.configuration)
        printed.add(request)
        printed.add(request.transaction)
        printed.add(callback)
        printed.add(AuthorizationCallback.form(answer.code ?? ""))
        printed.add(result)
        printed.add(result.idToken)
        printed.add(result.claims)
        printed.add(result.idToken?.claims)
        printed.add(device)
        printed.add(introspection)
        printed.add(issued)
        printed.add(try await client.metadata())
        printed.add(try await client.validate(logoutToken: logout) { _, _ in true })
        let tokens = [
            result.response.accessToken.value, refreshToken, result.idToken?.text ?? "", issued.accessToken.value,
            issued.refreshToken ?? "", issued.idToken ?? "", logout,
        ]
        // All JWTs begin alike, with a header that is no secret; their payloads and signatures do not.
        let parts = tokens.flatMap { $0.split(separator: ".").dropFirst($0.contains(".") ? 1 : 0).map(String.init) }
        let secrets =
            secrets(of: request) + parts + [
                answer.code ?? "", "canary-secret-0123456789", device.userCode, device.deviceCode,
                "ada.canary@mail.test",
            ]
        #expect(secrets.allSatisfy { $0.count >= 8 })
        #expect(printed.leaks(of: secrets).isEmpty)
    }

    @Test("Nothing that the library itself holds of a sign-in or a session prints one")
    func internals() async throws {
        let client = world.web { $0.scopes.append("offline_access") }
        let result = try await world.signIn(client)
        let (refreshToken, idToken) = (
            try #require(result.response.refreshToken), try #require(result.idToken?.text)
        )
        let accessToken = result.response.accessToken.value
        let record = try SessionRecord(of: result, id: "canary-session-id", kept: result.claims)
        let token = try #require(record.tokens.first)
        let issued = RefreshedTokens(
            token: token,
            refreshToken: refreshToken,
            identity: .init(idToken: idToken, claims: result.claims)
        )
        let memory = SessionMemory(record: record, unsaved: .init(replaced: refreshToken), settledAttempt: "1")
        var request = try client.request(
            .token,
            [("code", refreshToken), ("code_verifier", accessToken)],
            mayBeRepeated: false
        )
        request.assertion = idToken
        var rules = try client.rules()
        (rules.nonce, rules.accessToken) = (refreshToken, accessToken)
        printed.add(request)
        printed.add(record)
        printed.add(token)
        printed.add(memory)
        printed.add(memory.unsaved)
        printed.add(issued)
        printed.add(issued.identity)
        printed.add(RevocableTokens(record))
        printed.add(RevocableTokens(issued))
        printed.add(PendingSignIn(transaction: refreshToken, returnTo: "/"))
        printed.add(rules)
        printed.add(try SignedToken(parsing: idToken, types: ["jwt"]))
        printed.add(try ClaimsReader(Array(#"{"nonce":"\#(refreshToken)"}"#.utf8)))
        let parts = idToken.split(separator: ".").dropFirst().map(String.init)
        let secrets = parts + [refreshToken, accessToken, "canary-session-id", "ada.canary@mail.test"]
        #expect(secrets.allSatisfy { $0.count >= 8 })
        #expect(printed.leaks(of: secrets).isEmpty)
    }

    @Test("No error prints one either, whatever the server and the browser say")
    func errors() async throws {
        let canary = "canary-0123456789abcdef"
        let client = world.web()
        var secrets = [canary, "canary-secret-0123456789"]
        func fail(_ work: () async throws -> Void) async {
            do { try await work(); Issue.record("nothing was thrown") } catch { printed.add(error as? SignInError) }
        }
        // What the browser says.
        for text in [
            "state=\(canary)&code=\(canary)", "state=STATE&error=\(canary)&error_description=\(canary)",
            "state=STATE&code=\(canary)&iss=\(canary)", "state=STATE&code=\(canary)&code=\(canary)",
            "\(canary)=%zz", "state=STATE&\(canary)=1",
        ] {
            let request = try await client.authorizationRequest()
            secrets += self.secrets(of: request)
            await fail {
                let query = text.replacing("STATE", with: request.transaction.state)
                _ = try await client.complete(request.transaction, callback: .query(query))
            }
            await fail {
                _ = try await client.complete(request.transaction, callback: .url("https://\(canary)/?" + text))
            }
        }
        // What the server says.
        let faults: [Fault] = [
            .oauthError(canary, description: canary), .status(400, body: canary), .status(200, body: canary),
            .member("token_type", .string(canary)), .member("access_token", .string("\(canary)\n")),
            .member("id_token", .string(canary)), .member("id_token", .string("\(canary).\(canary).\(canary)")),
            .editingIDToken { $0["iss"] = .string(canary) }, .editingIDToken { $0["nonce"] = .string(canary) },
            .editingIDToken { $0["sub"] = .array([.string(canary)]) }, .lostResponse,
        ]
        for fault in faults {
            let request = try await client.authorizationRequest()
            let answer = try await world.server.approve(authorizationURL: request.url, as: world.ada)
            secrets += self.secrets(of: request) + [answer.code ?? ""]
            world.server.inject(fault, at: .token)
            await fail { _ = try await client.complete(request.transaction, callback: .url(answer.url)) }
        }
        // What stands alone.
        for endpoint in [
            FakeAuthorizationServer.Endpoint.introspection, .revocation, .pushedAuthorization, .deviceAuthorization,
        ] {
            world.server.inject(.oauthError("invalid_request", description: canary), at: endpoint)
        }
        await fail { _ = try await client.introspect(Secret(canary)) }
        await fail { _ = try await client.revoke(Secret(canary)) }
        await fail { _ = try await client.authorizationRequest(loginHint: canary) }
        await fail { _ = try await client.deviceAuthorization(parameters: ["x": canary]) }
        await fail { _ = try await client.refresh(Secret(canary)) }
        await fail { _ = try await client.exchange(Secret(canary), actor: Secret(canary)) }
        await fail { _ = try await client.validate(idToken: canary) }
        await fail { _ = try await client.validate(logoutToken: canary) { _, _ in true } }
        await fail { _ = try await client.authorizationRequest(redirectURI: canary) }
        await fail { _ = try await client.authorizationRequest(parameters: ["state": canary]) }
        await fail { _ = try SignInTransaction(decoding: Array(canary.utf8)) }
        #expect(printed.leaks(of: secrets).isEmpty)
    }
}
