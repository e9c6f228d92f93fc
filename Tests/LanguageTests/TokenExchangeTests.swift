import CountersignCrypto
import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Generated) import Countersign

@Suite("Token exchange")
struct TokenExchangeTests {
    /// A source of subject tokens: returns the given tokens in order, and then the last one repeatedly.
    private final class SubjectTokens: TokenSource {
        private struct State {
            var tokens: [Result<String, TokenError>]
            var requests: [TokenSourceRequest] = []
        }

        private let state: Locked<State>

        init(_ tokens: String...) {
            state = Locked(State(tokens: tokens.map { .success($0) }))
        }

        init(_ error: TokenError) {
            state = Locked(State(tokens: [.failure(error)]))
        }

        var requests: [TokenSourceRequest] { state.withLock { $0.requests } }

        nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
            let result = state.withLock { state in
                state.requests.append(request)
                return state.tokens.count > 1 ? state.tokens.removeFirst() : state.tokens[0]
            }
            return try AccessToken(try result.get())
        }
    }

    /// An authorization server that issues `exchanged-1`, `exchanged-2`, …, and an API with enqueued responses or 204.
    private final class Servers: HTTP.Transport {
        private let exchanges = Locked<[HTTP.Request]>([])
        let api = ScriptedTransport(otherwise: .response(HTTP.Response(status: 204)))
        private let tokenError: HTTP.Response?

        init(rejectingWith tokenError: HTTP.Response? = nil) {
            self.tokenError = tokenError
        }

        var requests: [HTTP.Request] { exchanges.withLock { $0 } }
        var receivedTokens: [String?] { api.requests.map { $0.fields[.authorization] } }

        func form(_ index: Int) throws -> [String: String] {
            try #require(requests.indices.contains(index))
            let body = try #require(requests[index].body?.bytes)
            let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
                pair.split(separator: "=").map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
            }
            // Parameters must not be repeated (RFC 6749 section 3.2).
            #expect(Set(pairs.map(\.[0])).count == pairs.count)
            return Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 }
        }

        nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
            guard request.url.origin.host == "login.example.com" else { return try await api.send(request) }
            guard request.method == .post else {
                return .json(
                    #"{"issuer": "https://login.example.com", "token_endpoint": "https://login.example.com/token"}"#
                )
            }
            let number = exchanges.withLock { exchanges in
                exchanges.append(request)
                return exchanges.count
            }
            return tokenError
                ?? .json(
                    """
                    {"access_token": "exchanged-\(number)", "token_type": "DPoP", "expires_in": 600, \
                    "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}
                    """
                )
        }
    }

    private func runtime(_ servers: Servers) -> CountersignRuntime { CountersignRuntime(transport: servers) }

    private func client(_ servers: Servers, _ subject: any TokenSource, _ runtime: CountersignRuntime? = nil)
        -> RelayAPI
    {
        RelayAPI(
            credentials: .secret(id: "backend", SecretValue("s3cret")),
            subject: subject,
            runtime: runtime ?? self.runtime(servers)
        )
    }

    @Test("The subject token is exchanged as declared in the schema, and the call carries the new token and a proof")
    func exchange() async throws {
        let servers = Servers()
        try await client(servers, SubjectTokens("alice")).orders()
        #expect(
            try servers.form(0) == [
                "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token": "alice",
                "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
                "scope": "orders",
                "resource": "https://backend.example.com",
                "audience": "backend",
                "tenant": "acme",
                "client_id": "backend",
                "client_secret": "s3cret",
            ]
        )
        #expect(servers.requests[0].fields.contains("DPoP"))
        #expect(servers.receivedTokens == ["DPoP exchanged-1"])
        #expect(servers.api.requests[0].fields.contains("DPoP"))
    }

    @Test("Every call asks the source for the subject token, and the same token is not exchanged again")
    func caching() async throws {
        let servers = Servers()
        let callers = SubjectTokens("alice")
        let client = client(servers, callers)
        for _ in 0..<3 { try await client.orders() }
        #expect(servers.requests.count == 1)
        #expect(callers.requests.count == 3)
        #expect(callers.requests.allSatisfy { $0.rejectedToken == nil && !$0.forceRenewal && $0.scopes.isEmpty })
        try await self.client(servers, SubjectTokens("alice"), nil).orders()
        #expect(servers.requests.count == 2, "another runtime has its own tokens")
    }

    @Test("Clients of one runtime share exchanged tokens of a subject, but not of different subjects")
    func sharing() async throws {
        let servers = Servers()
        let runtime = runtime(servers)
        for subject in ["alice", "bob", "alice", "bob"] {
            try await client(servers, SubjectTokens(subject), runtime).orders()
        }
        let mixed = client(servers, SubjectTokens("bob", "alice", "bob"), runtime)
        for _ in 0..<3 { try await mixed.orders() }
        #expect(servers.requests.count == 2)
        let (alice, bob) = ("DPoP exchanged-1", "DPoP exchanged-2")
        #expect(servers.receivedTokens == [alice, bob, alice, bob, bob, alice, bob])
    }

    @Test("A client's own token and an exchanged token are separate")
    func ownToken() async throws {
        let servers = Servers()
        let runtime = runtime(servers)
        try await client(servers, SubjectTokens("alice"), runtime).orders()
        let own = APIClient(
            server: "https://backend.example.com",
            authorization: .clientCredentials(
                .secret(id: "backend", SecretValue("s3cret")),
                OAuthConfiguration(
                    issuer: "https://login.example.com",
                    clientAuthentication: .clientSecretPost,
                    resources: ["https://backend.example.com"],
                    audience: "backend",
                    parameters: ["tenant": "acme"],
                    dpop: .es256
                ),
                scopes: ["orders"]
            ),
            runtime: runtime
        )
        _ = try await own.send(.get, "/orders")
        #expect(try servers.form(1)["grant_type"] == "client_credentials")
        #expect(try servers.form(1)["subject_token"] == nil)
        #expect(servers.receivedTokens == ["DPoP exchanged-1", "DPoP exchanged-2"])
    }

    @Test("Each set of scopes has its own exchange, and options change its parameters")
    func scopes() async throws {
        let servers = Servers()
        let client = client(servers, SubjectTokens("alice"))
        try await client.orders()
        try await client.place(body: .null)
        try await client.options(.scopes(["x"]), .resources("urn:b"), .parameters(["tenant": "b", "audience": "c"]))
            .orders()
        #expect(try servers.form(1)["scope"] == "orders orders.write")
        let third = try servers.form(2)
        #expect(third["scope"] == "x")
        #expect(third["resource"] == "urn:b")
        #expect(third["tenant"] == "b")
        #expect(third["audience"] == "c")
        for name in ["subject_token", "subject_token_type", "grant_type"] {
            let error = try await failure(client.options(.parameters([name: "x"])).orders)
            #expect(error.tokenError?.kind == .configuration)
        }
        #expect(servers.requests.count == 3)
    }

    @Test("A 401 renews the exchanged token, not the subject token")
    func rejected() async throws {
        let servers = Servers()
        let callers = SubjectTokens("alice")
        let client = client(servers, callers)
        try await client.orders()
        servers.api.enqueue(
            .response(HTTP.Response(status: 401, fields: ["WWW-Authenticate": "DPoP error=\"invalid_token\""]))
        )
        try await client.orders()
        #expect(servers.receivedTokens == ["DPoP exchanged-1", "DPoP exchanged-1", "DPoP exchanged-2"])
        #expect(callers.requests.allSatisfy { $0.rejectedToken == nil && !$0.forceRenewal })
        try await client.options(.forceTokenRenewal).orders()
        #expect(servers.receivedTokens.last == "DPoP exchanged-3")
        client.tokens.invalidate()
        #expect(try await client.tokens.current().value == "exchanged-4")
    }

    @Test(
        "If there is no subject token or the exchange is rejected, no API request is sent and errors contain no token"
    )
    func failures() async throws {
        var servers = Servers()
        for error in [TokenError(.notSignedIn, "signed out"), TokenError(.sessionEnded, "over")] {
            let failed = try await failure(client(servers, SubjectTokens(error)).orders)
            #expect(failed.tokenError?.kind == error.kind)
        }
        #expect(servers.requests.isEmpty && servers.api.requests.isEmpty)

        let text = #"{"error": "invalid_grant", "error_description": "canary-subject is over"}"#
        servers = Servers(rejectingWith: .json(text, status: 400))
        let client = client(servers, SubjectTokens("canary-subject"))
        let rejected = try await failure(client.orders)
        #expect(rejected.tokenError?.kind == .rejected)
        #expect(rejected.tokenError?.oauthError == "invalid_grant")
        #expect(servers.api.requests.isEmpty)
        for text in ["\(rejected)", String(reflecting: rejected), String(reflecting: client), "\(client)"] {
            #expect(!text.contains("canary"))
        }
        var dumped = ""
        dump(client, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test("A failed exchange is the error of the call, even if the operation has an alternative authorization")
    func noFallback() async throws {
        let servers = Servers(rejectingWith: .json(#"{"error": "invalid_grant"}"#, status: 400))
        func client(_ subject: any TokenSource) -> APIClient {
            APIClient(
                APIDefinition(
                    name: "RelayAPI",
                    schemes: [
                        .tokenExchange(OAuthConfiguration(tokenEndpoint: "https://login.example.com/token")),
                        .apiKey(header: "X-Key"),
                    ],
                    requirements: [.any([.scheme(0), .scheme(1)])]
                ),
                server: "https://backend.example.com",
                credentials: [
                    .tokenExchange(.secret(id: "a", SecretValue("b")), subject: subject), .apiKey(SecretValue("key")),
                ],
                runtime: runtime(servers)
            )
        }
        let error = try await failure { () async throws(CallError<Never>) in
            try await client(SubjectTokens("alice")).send(.get, "/orders")
        }
        #expect(error.tokenError?.kind == .rejected)
        #expect(servers.api.requests.isEmpty)
        // Without a signed-in user, the alternative is used.
        _ = try await client(SubjectTokens(TokenError(.notSignedIn, ""))).send(.get, "/orders")
        #expect(servers.api.requests.map { $0.fields["X-Key"] } == ["key"])
    }
}
