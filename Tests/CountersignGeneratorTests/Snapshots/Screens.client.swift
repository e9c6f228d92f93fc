// Generated from Screens.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign
import CountersignOIDC

/// An API for televisions, with several servers and issuers.
nonisolated struct ScreensAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Never>

    private let client: Countersign.APIClient
    private let stubHandlers: Countersign.StubHandlers<Stub>?

    /// Returns the configuration for signing in users at the issuer of `server`.
    static func signIn(at server: Server = .production) -> CountersignOIDC.SignInConfiguration {
        CountersignOIDC.SignInConfiguration(
            issuer: server.issuer,
            clientID: "screens",
            scopes: ["openid", "channels.read", "recordings"],
            dpop: .edDSA
        )
    }

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - user: The session of the user who signed in at the authorization server.
    ///   - server: The server of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        user: CountersignOIDC.UserSession,
        server: Server = .production,
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server.url,
            issuer: server.issuer,
            credentials: [.user(user)],
            runtime: runtime
        )
        stubHandlers = nil
    }

    private init(client: Countersign.APIClient, stubHandlers: Countersign.StubHandlers<Stub>?) {
        self.client = client
        self.stubHandlers = stubHandlers
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> ScreensAPI {
        ScreensAPI(client: client.options(options), stubHandlers: stubHandlers)
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (ScreensAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(ScreensAPI(client: client.recording(to: recorder), stubHandlers: stubHandlers))
        return (value, recorder.head)
    }

    /// Returns a client for tests whose calls run closures.
    ///
    /// A call without a closure throws an error of kind `notStubbed`.
    static func stub(_ configure: (inout Stub) -> Void) -> ScreensAPI {
        var stub = Stub()
        configure(&stub)
        return ScreensAPI(
            client: Countersign.APIClient(definition, server: "https://stub.invalid"),
            stubHandlers: Countersign.StubHandlers(stub)
        )
    }

    /// The access tokens of this client.
    var tokens: Countersign.ClientTokens { client.tokens }

    /// Validates the configuration of this client: servers, secrets, keys, metadata, and one token for each scheme.
    ///
    /// Its error names all problems. Tokens of users are not requested.
    nonisolated(nonsending) func validate() async throws(Countersign.ClientValidationError) {
        try await client.validate()
    }

    /// `GET /channels`.
    nonisolated(nonsending) func channels() async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.channels, stubHandlers.stub.channels)()
        }
        try await client.send(client.request(Operations.channels))
    }

    /// `POST /recordings`.
    nonisolated(nonsending) func record(body: Countersign.JSONValue) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.record, stubHandlers.stub.record)(body)
        }
        var request = client.request(Operations.record)
        request.body(body)
        try await client.send(request)
    }
}

nonisolated extension ScreensAPI {
    /// A server of the API and the issuer of its access tokens.
    struct Server: Hashable, Sendable {
        static let production = Server(url: "https://screens.example.com", issuer: "https://login.example.com")
        static let sandbox = Server(
            url: "https://sandbox.screens.example.com",
            issuer: "https://login.sandbox.example.com"
        )

        /// The base URL of the API.
        var url: String
        /// The issuer of the access tokens.
        var issuer: String

        init(url: String, issuer: String) {
            self.url = url
            self.issuer = issuer
        }
    }
}

nonisolated extension ScreensAPI {
    /// The closures of a stub, one for each operation.
    struct Stub: Sendable {
        /// The closure of `channels`.
        var channels: (@Sendable () async throws(Failure) -> Void)?
        /// The closure of `record`.
        var record: (@Sendable (_ body: Countersign.JSONValue) async throws(Failure) -> Void)?
    }
}

// MARK: - Operations

nonisolated extension ScreensAPI {
    private static let definition = Countersign.APIDefinition(
        name: "ScreensAPI",
        schemes: [.user()],
        requirements: [.scheme(0, scopes: ["channels.read"]), .scheme(0, scopes: ["channels.read", "recordings"])]
    )

    private enum Operations {
        static let channels = Countersign.APIOperation<Void, Never>(
            "channels",
            .get,
            "/channels",
            requirement: 0,
            returns: [.empty(.successful)]
        )
        static let record = Countersign.APIOperation<Void, Never>(
            "record",
            .post,
            "/recordings",
            requirement: 1,
            returns: [.empty(.successful)]
        )
    }
}
