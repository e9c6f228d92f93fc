import Countersign
import CountersignTesting
import Foundation
import Testing

/// The source of the article "Tokens of your own".
enum TokensOfYourOwn {
    struct GitHubInstallation: TokenSource {
        let appID: String
        let installation: String
        let key: SigningKey
        let runtime: CountersignRuntime

        var tokenIdentity: String? { "app \(appID), installation \(installation)" }

        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
            let now = Int64(Date.now.timeIntervalSince1970)
            let jwt = try key.signedJWT(["iss": .string(appID), "iat": .int(now - 60), "exp": .int(now + 540)])
            let app = APIClient(
                server: "https://api.github.com",
                authorization: .bearer(SecretValue(jwt)),
                runtime: runtime
            )
            let response = try await app.send(.post, "/app/installations/\(installation)/access_tokens")
            guard response.status == 201 else {
                throw TokenError(
                    response.status.rawValue < 500 ? .rejected : .serverError,
                    "GitHub issued no token for installation \(installation) of app \(appID)",
                    status: response.status
                )
            }
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let issued = try decoder.decode(IssuedToken.self, from: Data(response.body))
            return try AccessToken(issued.token, expiresAt: issued.expires_at)
        }

        private struct IssuedToken: Decodable {
            let token: String
            let expires_at: Date
        }
    }

    static func client(pem: String, runtime: CountersignRuntime) throws -> APIClient {
        let installation = GitHubInstallation(
            appID: "1234",
            installation: "42",
            key: try SigningKey(pem: pem, algorithm: .rs256),
            runtime: runtime
        )
        let github = APIClient(
            server: "https://api.github.com",
            authorization: .token(installation),
            runtime: runtime
        )
        return github
    }

    static func list(_ github: APIClient) async throws -> HTTP.Response {
        let repositories = try await github.send(.get, "/installation/repositories")
        return repositories
    }
}

@Suite("The article 'Tokens of your own'", .timeLimit(.minutes(5)))
struct TokensOfYourOwnTests {
    private let clock = VirtualClock(date: Date.now)
    private let transport = GitHub()

    /// A fake of GitHub's API for apps.
    private final class GitHub: HTTP.Transport {
        struct State {
            var assertions: [String] = []
            var calls: [String] = []
            var failures: [HTTP.Status] = []
            var date = Date.now
        }

        let state = Locked(State())

        nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
            state.withLock { state in
                let credentials = request.fields[.authorization] ?? ""
                guard request.url.target == "/app/installations/42/access_tokens" else {
                    state.calls.append(credentials)
                    return .json("[]")
                }
                state.assertions.append(credentials)
                if !state.failures.isEmpty { return HTTP.Response(status: state.failures.removeFirst()) }
                let expiry = (state.date + 3600).formatted(.iso8601)
                return .json(#"{"token": "ghs_\#(state.assertions.count)", "expires_at": "\#(expiry)"}"#, status: 201)
            }
        }
    }

    private func client(_ key: SigningKey) throws -> APIClient {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.clock = clock
        configuration.renewal.maximumAttempts = 1
        let runtime = CountersignRuntime(configuration)
        let installation = TokensOfYourOwn.GitHubInstallation(
            appID: "1234",
            installation: "42",
            key: key,
            runtime: runtime
        )
        return APIClient(server: "https://api.github.com", authorization: .token(installation), runtime: runtime)
    }

    @Test("P88: installation tokens of GitHub are requested with a signed JWT, shared, renewed ahead, and cached")
    func installation() async throws {
        let key = try SigningKey.generate(.rs256)
        let github = try client(key)
        for _ in 0..<20 { #expect(try await TokensOfYourOwn.list(github).status == 200) }
        #expect(transport.state.withLock { $0.calls } == Array(repeating: "Bearer ghs_1", count: 20))
        let assertions = transport.state.withLock { $0.assertions }
        #expect(assertions.count == 1)

        let jwt = try #require(assertions.first?.split(separator: " ").last).split(separator: ".")
        try #require(jwt.count == 3)
        let signature = try #require(base64URL(jwt[2]))
        let signed = Array("\(jwt[0]).\(jwt[1])".utf8)
        #expect(key.publicKey.isValid(signature: signature, for: signed, algorithm: .rs256))
        let header = String(decoding: try #require(base64URL(jwt[0])), as: UTF8.self)
        #expect(header == #"{"typ":"JWT","alg":"RS256"}"#)
        let claims = try JSONSerialization.jsonObject(with: Data(try #require(base64URL(jwt[1]))))
        #expect((claims as? [String: Any])?["iss"] as? String == "1234")

        // The renewal before the expiry does not delay a call.
        clock.advance(by: .seconds(3000))
        transport.state.withLock { $0.date += 3000 }
        #expect(try await TokensOfYourOwn.list(github).status == 200)
        try await waitForAssertions(2)
        clock.advance(by: .seconds(600))
        #expect(try await TokensOfYourOwn.list(github).status == 200)
        #expect(transport.state.withLock { $0.calls.last } == "Bearer ghs_2")
    }

    @Test("P88: a suspended app is not asked again for a minute")
    func suspended() async throws {
        let github = try client(SigningKey.generate(.rs256))
        transport.state.withLock { $0.failures = [403] }
        for _ in 0..<10 {
            await #expect {
                try await TokensOfYourOwn.list(github)
            } throws: {
                let error = ($0 as? CallError<Never>)?.tokenError
                return error?.kind == .rejected && error?.status == 403 && error?.isTransient == false
            }
        }
        #expect(transport.state.withLock { $0.assertions.count } == 1)
        clock.advance(by: .seconds(60))
        #expect(try await TokensOfYourOwn.list(github).status == 200)
    }

    private func waitForAssertions(_ count: Int) async throws {
        for _ in 0..<10_000 {
            if transport.state.withLock({ $0.assertions.count }) == count { return }
            await Task.yield()
        }
        Issue.record("no \(count) token requests")
    }

    private func base64URL(_ text: Substring) -> [UInt8]? {
        var text = text.replacing("-", with: "+").replacing("_", with: "/")
        while text.count % 4 != 0 { text += "=" }
        return Data(base64Encoded: String(text)).map { Array($0) }
    }
}
