// Generated from Relay.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign

/// An API that is called on behalf of users.
nonisolated struct RelayAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Never>

    private let client: Countersign.APIClient

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - credentials: The credentials of this program at `https://login.example.com`.
    ///   - subject: The source of the subject token, which is exchanged for the access token.
    ///   - server: The base URL of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        credentials: Countersign.ClientCredentials,
        subject: any Countersign.TokenSource,
        server: String = "https://backend.example.com",
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server,
            credentials: [.tokenExchange(credentials, subject: subject)],
            runtime: runtime
        )
    }

    private init(client: Countersign.APIClient) {
        self.client = client
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> RelayAPI {
        RelayAPI(client: client.options(options))
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (RelayAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(RelayAPI(client: client.recording(to: recorder)))
        return (value, recorder.head)
    }

    /// The access tokens of this client.
    var tokens: Countersign.ClientTokens { client.tokens }

    /// Validates the configuration of this client: servers, secrets, keys, metadata, and one token for each scheme.
    ///
    /// Its error names all problems. Tokens of users are not requested.
    nonisolated(nonsending) func validate() async throws(Countersign.ClientValidationError) {
        try await client.validate()
    }

    /// `GET /orders`.
    nonisolated(nonsending) func orders() async throws(Failure) {
        try await client.send(client.request(Operations.orders))
    }

    /// `POST /orders`.
    nonisolated(nonsending) func place(body: Countersign.JSONValue) async throws(Failure) {
        var request = client.request(Operations.place)
        request.body(body)
        try await client.send(request)
    }
}

// MARK: - Operations

nonisolated extension RelayAPI {
    private static let definition = Countersign.APIDefinition(
        name: "RelayAPI",
        schemes: [
            .tokenExchange(
                .init(
                    issuer: "https://login.example.com",
                    clientAuthentication: .clientSecretPost,
                    resources: ["https://backend.example.com"],
                    audience: "backend",
                    parameters: ["tenant": "acme"],
                    dpop: .es256
                )
            )
        ],
        requirements: [.scheme(0, scopes: ["orders"]), .scheme(0, scopes: ["orders", "orders.write"])]
    )

    private enum Operations {
        static let orders = Countersign.APIOperation<Void, Never>(
            "orders",
            .get,
            "/orders",
            requirement: 0,
            returns: [.empty(.successful)]
        )
        static let place = Countersign.APIOperation<Void, Never>(
            "place",
            .post,
            "/orders",
            requirement: 1,
            returns: [.empty(.successful)]
        )
    }
}
