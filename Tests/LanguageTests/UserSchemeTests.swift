import CountersignTesting
import TestSupport
import Testing

@_spi(Generated) import Countersign

@Suite("Calls with user authorization")
struct UserSchemeTests {
    /// The security requirements of operations, as generated.
    enum Need: String, CaseIterable, Sendable {
        case user
        case userOrService
        case userOrNone
        case userOrServiceOrNone
        case userAndKey
        case userAndKeyOrService
        case serviceOrUser
        case none

        var requirement: SecurityRequirement {
            switch self {
            case .user: .scheme(0)
            case .userOrService: .any([.scheme(0), .scheme(1)])
            case .userOrNone: .any([.scheme(0), .none])
            case .userOrServiceOrNone: .any([.scheme(0), .scheme(1), .none])
            case .userAndKey: .all([.scheme(0), .scheme(2)])
            case .userAndKeyOrService: .any([.all([.scheme(2), .scheme(0)]), .scheme(1)])
            case .serviceOrUser: .any([.scheme(1), .scheme(0)])
            case .none: .none
            }
        }

        /// Returns the credentials that the API receives, or the kind of the error.
        func expected(_ user: UserState) -> String {
            let failure = user.failure?.kind.description ?? ""
            return switch (self, user) {
            case (.none, _): "anonymous"
            case (.serviceOrUser, _): "Bearer service"
            case (.userAndKey, .signedIn), (.userAndKeyOrService, .signedIn): "Bearer user-1 key"
            case (_, .signedIn): "Bearer user-1"
            case (_, .ended), (_, .unreachable), (_, .missingScope): failure
            case (.user, _), (.userAndKey, _): "notSignedIn"
            case (.userOrService, _), (.userOrServiceOrNone, _), (.userAndKeyOrService, _): "Bearer service"
            case (.userOrNone, _): "anonymous"
            }
        }
    }

    private let transport = ScriptedTransport(
        otherwise: .computed { request in
            guard request.url.origin.host == "login.example.com" else { return HTTP.Response(status: 204) }
            return .json(#"{"access_token": "service", "token_type": "Bearer", "expires_in": 3600}"#)
        }
    )
    private let runtime: CountersignRuntime

    init() {
        runtime = CountersignRuntime(transport: transport) { $0.renewal.maximumAttempts = 1 }
    }

    private func user(_ state: UserState) -> FakeUserTokens { FakeUserTokens(state, runtime: runtime) }

    private func client(
        _ need: Need,
        _ user: (any TokenSource)?,
        user scheme: SecurityScheme = .user(),
        service: SecretValue = SecretValue("s3cret"),
        scopes: [String]? = nil
    ) -> APIClient {
        APIClient(
            APIDefinition(
                name: "NotesAPI",
                schemes: [
                    scheme, .clientCredentials(OAuthConfiguration(tokenEndpoint: "https://login.example.com/token")),
                    .apiKey(header: "X-API-Key"),
                ],
                requirements: [scopes.map { .scheme(0, scopes: $0) } ?? need.requirement]
            ),
            server: "https://notes.example.com",
            credentials: [
                .user(user), .clientCredentials(.secret(id: "service", service)), .apiKey(SecretValue("key")),
            ],
            runtime: runtime
        )
    }

    /// The requests that reached the API.
    private var calls: [HTTP.Request] { transport.requests.filter { $0.url.origin.host == "notes.example.com" } }

    private func call(_ client: APIClient) async -> String {
        let count = calls.count
        do {
            let status = try await client.send(.get, "/notes").status
            guard status.isSuccess, let request = calls.last else { return "\(status)" }
            let words = [request.fields[.authorization] ?? "anonymous", request.fields["X-API-Key"]]
            return words.compactMap(\.self).joined(separator: " ")
        } catch {
            #expect(calls.count == count || error.response != nil, "a call without a token must not be sent")
            return error.tokenError?.kind.description ?? error.kind.description
        }
    }

    @Test(
        "The authorization of a call depends on the user's state, and a failure has no fallback",
        arguments: Need.allCases
    )
    func table(need: Need) async {
        for state in UserState.allCases {
            let user = state == .noSession ? nil : user(state)
            #expect(await call(client(need, user)) == need.expected(state), "\(state)")
            #expect(
                await call(client(need, user.map(PlainTokenSource.init))).replacing("user-2", with: "user-1")
                    == need.expected(state),
                "\(state), with a source without cache entries"
            )
        }
    }

    @Test("Without a user and without a service token, nothing is sent, with or without 'none'")
    func brokenService() async {
        for need in [Need.userOrService, .userOrServiceOrNone] {
            let client = client(need, nil, service: .environment("COUNTERSIGN_TEST_NOT_SET"))
            #expect(await call(client) == "configuration")
        }
        #expect(transport.requests.isEmpty)
    }

    @Test("With a signed-in user, an error of the alternative has no effect")
    func brokenAlternative() async {
        let client = client(.userOrService, user(.signedIn), service: .environment("COUNTERSIGN_TEST_NOT_SET"))
        #expect(await call(client) == "Bearer user-1")
    }

    @Test("A 401 to an anonymous call is returned to the caller")
    func anonymousRejected() async {
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await call(client(.userOrNone, nil)) == "401")
        #expect(calls.count == 1)
    }

    @Test("A rejected token is replaced by another token of the same user")
    func rejected() async {
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await call(client(.userOrService, user(.signedIn))) == "Bearer user-2")
        #expect(calls.map { $0.fields[.authorization] } == ["Bearer user-1", "Bearer user-2"])
    }

    @Test(
        "If the session has ended when its token is rejected, the call fails, and no other token is sent",
        arguments: [UserState.ended, .unreachable, .signedOutMeanwhile],
        [Need.user, .userOrService, .userOrNone]
    )
    func endedMeanwhile(state: UserState, need: Need) async {
        let user = user(.signedIn)
        let client = client(need, user)
        #expect(await call(client) == "Bearer user-1")
        user.user = state
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await call(client) == state.failure?.kind.description)
        #expect(calls.map { $0.fields[.authorization] } == ["Bearer user-1", "Bearer user-1"])
    }

    @Test("A session is asked once for the cache entry of its token, not for every call")
    func askedOnce() async {
        let user = user(.signedIn)
        let client = client(.user, user, user: .user(resources: ["urn:a"], parameters: ["a": "b"]), scopes: ["read"])
        for _ in 0..<5 { #expect(await call(client) == "Bearer user-1") }
        #expect(
            user.requirements == [UserTokenRequirement(scopes: ["read"], resources: ["urn:a"], parameters: ["a": "b"])]
        )
        #expect(user.fetches == 1)
    }

    @Test(
        "A missing user or scope is not cached",
        arguments: [UserState.signedOut, .missingScope]
    )
    func notCached(state: UserState) async {
        let user = user(state)
        let client = client(.user, user)
        #expect(await call(client) == state.failure?.kind.description)
        user.user = .signedIn
        #expect(await call(client) == "Bearer user-1")
    }

    @Test("The options of a call are passed to the session")
    func options() async throws {
        let user = user(.signedIn)
        let client = client(
            .user,
            user,
            user: .user(resources: ["urn:a"], parameters: ["a": "b", "c": "d"], tokenPerScopes: true),
            scopes: ["read"]
        )
        _ = try await client.options(.scopes(["write"]), .resources("urn:b"), .parameters(["a": "x"])).tokens.current()
        _ = try await client.tokens.current()
        #expect(
            user.requirements == [
                UserTokenRequirement(
                    scopes: ["write"],
                    tokenPerScopes: true,
                    resources: ["urn:b"],
                    parameters: ["a": "x", "c": "d"]
                ),
                UserTokenRequirement(
                    scopes: ["read"],
                    tokenPerScopes: true,
                    resources: ["urn:a"],
                    parameters: ["a": "b", "c": "d"]
                ),
            ]
        )
        #expect(await call(client.options(.forceTokenRenewal)) == "Bearer user-3")
    }

    @Test("The tokens of a client are the user's, or requesting them fails with notSignedIn")
    func tokens() async throws {
        for need in [Need.user, .userOrNone] {
            let tokens = client(need, user(.signedIn)).tokens
            #expect(try await tokens.current().value == "user-1")
            let fields = try await tokens.authorizationHeaders(method: .get, url: "https://notes.example.com/notes")
            #expect(fields[.authorization] == "Bearer user-1")
            tokens.invalidate()
            #expect(try await tokens.current().value == "user-2")

            for user in [nil, user(.signedOut)] {
                let tokens = client(need, user).tokens
                await #expect { _ = try await tokens.current() } throws: { ($0 as? TokenError)?.kind == .notSignedIn }
                await #expect {
                    _ = try await tokens.authorizationHeaders(method: .get, url: "https://notes.example.com/notes")
                } throws: { ($0 as? TokenError)?.kind == .notSignedIn }
            }
        }
    }
}
