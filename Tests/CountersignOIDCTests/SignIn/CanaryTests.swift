import Countersign
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("Secrets in descriptions and errors")
struct CanaryTests {
    private let fixture = SignInFixture()
    private let printed = Printed()

    /// The descriptions, debug descriptions and dumps of values.
    private final class Printed: Sendable {
        private let texts = Locked<[String]>([])

        func add(_ value: some Sendable) {
            var dumped = ""
            dump(value, to: &dumped)
            let texts = [String(describing: value), String(reflecting: value), "\(value)", dumped]
            self.texts.withLock { $0 += texts }
        }

        /// Returns the secrets whose first or last eight characters occur in the texts.
        func leaks(of secrets: [String]) -> [String] {
            let texts = texts.withLock { $0.joined(separator: "\n") }
            return secrets.filter { secret in
                let characters = Array(secret)
                guard characters.count >= 8 else { return false }
                return texts.contains(String(characters.prefix(8))) || texts.contains(String(characters.suffix(8)))
            }
        }
    }

    /// Returns the secrets of an authorization request.
    private func secrets(of request: AuthorizationRequest) -> [String] {
        let transaction = request.transaction
        return [transaction.state, transaction.nonce ?? "", transaction.codeVerifier]
    }

    @Test("No public value of a sign-in prints a token, code, verifier, state, nonce or secret")
    func values() async throws {
        let client = fixture.web {
            $0.dpop = .es256; $0.loadsUserInfo = true; $0.scopes.append("offline_access")
        }
        let request = try await client.authorizationRequest()
        let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
        let callback = AuthorizationCallback.url(redirect.url)
        let result = try await client.complete(request.transaction, callback: callback)
        let device = try await client.deviceAuthorization()
        let refreshToken = try #require(result.response.refreshToken)
        let introspection = try await client.introspect(result.response.accessToken)
        let issued = try await client.refresh(SecretValue(refreshToken))
        let logout = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        printed.add(client)
        printed.add(client.configuration)
        printed.add(request)
        printed.add(request.transaction)
        printed.add(callback)
        printed.add(AuthorizationCallback.form(redirect.code ?? ""))
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
        // The headers of all JWTs are alike and not secret; their payloads and signatures are.
        let parts = tokens.flatMap { $0.split(separator: ".").dropFirst($0.contains(".") ? 1 : 0).map(String.init) }
        let secrets =
            secrets(of: request) + parts + [
                redirect.code ?? "", "canary-secret-0123456789", device.userCode, device.deviceCode,
                "ada.canary@mail.test",
            ]
        #expect(secrets.allSatisfy { $0.count >= 8 })
        #expect(printed.leaks(of: secrets).isEmpty)
    }

    @Test("No internal value of a sign-in or a session prints a secret")
    func internals() async throws {
        let client = fixture.web { $0.scopes.append("offline_access") }
        let result = try await fixture.signIn(client)
        let (refreshToken, idToken) = (
            try #require(result.response.refreshToken), try #require(result.idToken?.text)
        )
        let accessToken = result.response.accessToken.value
        let record = try SessionRecord(result, id: "canary-session-id", claims: result.claims)
        let token = try #require(record.tokens.first)
        let issued = RefreshedTokens(
            accessToken: token,
            refreshToken: refreshToken,
            identity: .init(idToken: idToken, claims: result.claims)
        )
        let session = CachedSession(
            record: record,
            unsavedChange: .init(storedRefreshToken: refreshToken),
            settledAttemptID: "1"
        )
        var request = try client.request(
            .token,
            [("code", refreshToken), ("code_verifier", accessToken)],
            isOneTimeGrant: true
        )
        request.assertion = idToken
        var validator = try client.validator()
        (validator.nonce, validator.accessToken) = (refreshToken, accessToken)
        printed.add(request)
        printed.add(record)
        printed.add(token)
        printed.add(session)
        printed.add(session.unsavedChange)
        printed.add(issued)
        printed.add(issued.identity)
        printed.add(RevocableTokens(record))
        printed.add(RevocableTokens(issued))
        printed.add(PendingSignIn(transaction: refreshToken, returnTo: "/"))
        printed.add(validator)
        printed.add(try SignedToken(parsing: idToken, types: ["jwt"], allowing: [.es256]))
        printed.add(try ClaimsReader(Array(#"{"nonce":"\#(refreshToken)"}"#.utf8)))
        let parts = idToken.split(separator: ".").dropFirst().map(String.init)
        let secrets = parts + [refreshToken, accessToken, "canary-session-id", "ada.canary@mail.test"]
        #expect(secrets.allSatisfy { $0.count >= 8 })
        #expect(printed.leaks(of: secrets).isEmpty)
    }

    @Test("No error prints a secret, whatever the server and the browser send")
    func errors() async throws {
        let canary = "canary-0123456789abcdef"
        let client = fixture.web()
        var secrets = [canary, "canary-secret-0123456789"]
        func fail(_ operation: () async throws -> Void) async {
            do { try await operation(); Issue.record("nothing was thrown") } catch {
                printed.add(error as? SignInError)
            }
        }
        // Callbacks.
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
        // Token responses.
        let faults: [Fault] = [
            .oauthError(canary, description: canary), .status(400, body: canary), .status(200, body: canary),
            .member("token_type", .string(canary)), .member("access_token", .string("\(canary)\n")),
            .member("id_token", .string(canary)), .member("id_token", .string("\(canary).\(canary).\(canary)")),
            .editingIDToken { $0["iss"] = .string(canary) }, .editingIDToken { $0["nonce"] = .string(canary) },
            .editingIDToken { $0["sub"] = .array([.string(canary)]) }, .lostResponse,
        ]
        for fault in faults {
            let request = try await client.authorizationRequest()
            let redirect = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada)
            secrets += self.secrets(of: request) + [redirect.code ?? ""]
            fixture.server.inject(fault, at: .token)
            await fail { _ = try await client.complete(request.transaction, callback: .url(redirect.url)) }
        }
        // Other requests.
        for endpoint in [
            FakeAuthorizationServer.Endpoint.introspection, .revocation, .pushedAuthorization, .deviceAuthorization,
        ] {
            fixture.server.inject(.oauthError("invalid_request", description: canary), at: endpoint)
        }
        await fail { _ = try await client.introspect(SecretValue(canary)) }
        await fail { _ = try await client.revoke(SecretValue(canary)) }
        await fail { _ = try await client.authorizationRequest(loginHint: canary) }
        await fail { _ = try await client.deviceAuthorization(parameters: ["x": canary]) }
        await fail { _ = try await client.refresh(SecretValue(canary)) }
        await fail { _ = try await client.exchange(SecretValue(canary), actor: SecretValue(canary)) }
        await fail { _ = try await client.validate(idToken: canary) }
        await fail { _ = try await client.validate(logoutToken: canary) { _, _ in true } }
        await fail { _ = try await client.authorizationRequest(redirectURI: canary) }
        await fail { _ = try await client.authorizationRequest(parameters: ["state": canary]) }
        await fail { _ = try SignInTransaction(decoding: Array(canary.utf8)) }
        #expect(printed.leaks(of: secrets).isEmpty)
    }
}
