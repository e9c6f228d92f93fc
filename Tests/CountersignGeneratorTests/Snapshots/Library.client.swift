// Generated from Library.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign
import CountersignOIDC

/// All combinations of schemes for users and programs.
nonisolated struct LibraryAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Never>

    private let client: Countersign.APIClient

    /// The configuration for signing in users at `https://login.example.com`.
    static let readerSignIn = CountersignOIDC.SignInConfiguration(
        issuer: "https://login.example.com",
        clientID: "library",
        scopes: ["openid", "books.read", "books.archive"],
        resources: ["https://library.example.com"],
        parameters: ["tenant": "acme"],
        audience: "library",
        prompt: ["login", "consent"]
    )

    /// The configuration for signing in users at `https://login.example.com`.
    static let librarianSignIn = CountersignOIDC.SignInConfiguration(
        issuer: "https://login.example.com",
        clientAuthentication: .clientSecretPost,
        scopes: ["books.delete"],
        endpointOrigins: ["https://devices.example.com"]
    )

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - reader: The session of the user who signed in at `https://login.example.com`; nil if no user is signed in.
    ///   - librarian: The session of the user who signed in at `https://login.example.com`; nil if no user is signed
    ///     in.
    ///   - service: The credentials of this program at `https://login.example.com/token`.
    ///   - subscription: The API key, sent in the header `X-API-Key`.
    ///   - server: The base URL of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        reader: CountersignOIDC.UserSession?,
        librarian: CountersignOIDC.UserSession?,
        service: Countersign.ClientCredentials,
        subscription: Countersign.SecretValue,
        server: String = "https://library.example.com",
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server,
            credentials: [.user(reader), .user(librarian), .clientCredentials(service), .apiKey(subscription)],
            runtime: runtime
        )
    }

    private init(client: Countersign.APIClient) {
        self.client = client
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> LibraryAPI {
        LibraryAPI(client: client.options(options))
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (LibraryAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(LibraryAPI(client: client.recording(to: recorder)))
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

    /// `GET /shelf`.
    nonisolated(nonsending) func shelf() async throws(Failure) {
        try await client.send(client.request(Operations.shelf))
    }

    /// `GET /search`.
    nonisolated(nonsending) func search() async throws(Failure) {
        try await client.send(client.request(Operations.search))
    }

    /// `GET /front`.
    nonisolated(nonsending) func front() async throws(Failure) {
        try await client.send(client.request(Operations.front))
    }

    /// `GET /anything`.
    nonisolated(nonsending) func anything() async throws(Failure) {
        try await client.send(client.request(Operations.anything))
    }

    /// `GET /archive`.
    nonisolated(nonsending) func archive() async throws(Failure) {
        try await client.send(client.request(Operations.archive))
    }

    /// `DELETE /books`.
    nonisolated(nonsending) func weed() async throws(Failure) {
        try await client.send(client.request(Operations.weed))
    }

    /// `GET /count`.
    nonisolated(nonsending) func count() async throws(Failure) {
        try await client.send(client.request(Operations.count))
    }

    /// `GET /health`.
    nonisolated(nonsending) func health() async throws(Failure) {
        try await client.send(client.request(Operations.health))
    }
}

// MARK: - Operations

nonisolated extension LibraryAPI {
    private static let definition = Countersign.APIDefinition(
        name: "LibraryAPI",
        schemes: [
            .user(
                issuer: "https://login.example.com",
                resources: ["https://library.example.com"],
                parameters: ["tenant": "acme"]
            ),
            .user(issuer: "https://login.example.com", tokenPerScopes: true),
            .clientCredentials(.init(tokenEndpoint: "https://login.example.com/token")),
            .apiKey(header: "X-API-Key"),
        ],
        requirements: [
            .scheme(0),
            .any([.scheme(0), .scheme(2, scopes: ["books.all", "books.delete"])]),
            .any([.scheme(0), .none]),
            .any([.scheme(0), .scheme(2, scopes: ["books.all", "books.delete"]), .none]),
            .all([.scheme(0, scopes: ["books.archive"]), .scheme(3)]),
            .any([.scheme(1, scopes: ["books.delete"]), .scheme(2, scopes: ["books.all", "books.delete"])]),
            .any([.scheme(1), .none]),
        ]
    )

    private enum Operations {
        static let shelf = Countersign.APIOperation<Void, Never>(
            "shelf",
            .get,
            "/shelf",
            requirement: 0,
            returns: [.empty(.successful)]
        )
        static let search = Countersign.APIOperation<Void, Never>(
            "search",
            .get,
            "/search",
            requirement: 1,
            returns: [.empty(.successful)]
        )
        static let front = Countersign.APIOperation<Void, Never>(
            "front",
            .get,
            "/front",
            requirement: 2,
            returns: [.empty(.successful)]
        )
        static let anything = Countersign.APIOperation<Void, Never>(
            "anything",
            .get,
            "/anything",
            requirement: 3,
            returns: [.empty(.successful)]
        )
        static let archive = Countersign.APIOperation<Void, Never>(
            "archive",
            .get,
            "/archive",
            requirement: 4,
            returns: [.empty(.successful)]
        )
        static let weed = Countersign.APIOperation<Void, Never>(
            "weed",
            .delete,
            "/books",
            requirement: 5,
            returns: [.empty(.successful)]
        )
        static let count = Countersign.APIOperation<Void, Never>(
            "count",
            .get,
            "/count",
            requirement: 6,
            returns: [.empty(.successful)]
        )
        static let health = Countersign.APIOperation<Void, Never>(
            "health",
            .get,
            "/health",
            returns: [.empty(.successful)]
        )
    }
}
