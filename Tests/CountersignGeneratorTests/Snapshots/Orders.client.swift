// Generated from Orders.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign
import Foundation

/// A client of the API at `https://api.example.com/v1`.
nonisolated struct OrdersAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Never>

    private let client: Countersign.APIClient

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - subscription: The API key, sent in the header `Ocp-Apim-Subscription-Key`.
    ///   - worker: The credentials of this program at the authorization server.
    ///   - server: The server of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        subscription: Countersign.SecretValue,
        worker: Countersign.ClientCredentials,
        server: Server = .production,
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server.url,
            issuer: server.issuer,
            credentials: [.apiKey(subscription), .clientCredentials(worker)],
            runtime: runtime
        )
    }

    private init(client: Countersign.APIClient) {
        self.client = client
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> OrdersAPI {
        OrdersAPI(client: client.options(options))
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (OrdersAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(OrdersAPI(client: client.recording(to: recorder)))
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

    /// `GET /search`.
    nonisolated(nonsending) func search(
        ids: [Int]? = nil,
        filter: Search.Filter,
        xTrace: [String]
    ) async throws(Failure) -> [Order] {
        var request = client.request(Operations.search)
        request.query("ids", ids, style: .comma)
        request.query("filter[colour]", filter.colour)
        request.header("X-Trace", xTrace)
        return try await client.send(request)
    }

    /// `POST /login`.
    nonisolated(nonsending) func login(user: String, tag: [String]) async throws(Failure) {
        var request = client.request(Operations.login)
        request.form("user", user)
        request.form("tag", tag)
        try await client.send(request)
    }

    /// `PUT /avatar`.
    ///
    /// - Parameters:
    ///   - body: The bytes to send as `image/png`.
    nonisolated(nonsending) func avatar(body: [UInt8]) async throws(Failure) {
        var request = client.request(Operations.avatar)
        request.body(body, "image/png")
        try await client.send(request)
    }

    /// `POST /jobs`.
    nonisolated(nonsending) func start(body: Order) async throws(Failure) -> Start.Output {
        var request = client.request(Operations.start)
        request.body(body)
        return try await client.send(request)
    }

    /// `GET /orders/{id}`.
    nonisolated(nonsending) func fetch(id: OrderID, ifNoneMatch: String? = nil) async throws(Failure) -> Fetch.Output? {
        var request = client.request(Operations.fetch)
        request.path(id)
        request.header("If-None-Match", ifNoneMatch)
        return try await client.send(request)
    }

    /// `PATCH /orders/{id}`.
    nonisolated(nonsending) func patch(id: OrderID, body: OrderPatch) async throws(Failure) {
        var request = client.request(Operations.patch)
        request.path(id)
        request.body(body)
        try await client.send(request)
    }

    /// `GET /levels`.
    nonisolated(nonsending) func levels() async throws(Failure) -> [Level] {
        try await client.send(client.request(Operations.levels))
    }

    /// `GET /old`.
    @available(*, deprecated, message: "Use search.")
    nonisolated(nonsending) func old() async throws(Failure) -> Countersign.JSONValue {
        try await client.send(client.request(Operations.old))
    }
}

nonisolated extension OrdersAPI {
    /// A server of the API and the issuer of its access tokens.
    struct Server: Hashable, Sendable {
        static let production = Server(url: "https://api.example.com/v1", issuer: "https://login.example.com")
        static let sandbox = Server(
            url: "https://api.sandbox.example.com/v1",
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

// MARK: - Models

nonisolated extension OrdersAPI {
    struct OrderID: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
        var rawValue: Int64

        init(rawValue: Int64) {
            self.rawValue = rawValue
        }

        init(integerLiteral value: Int64) {
            rawValue = value
        }
    }

    enum Level: RawRepresentable, Hashable, Sendable {
        case low
        case high
        /// A value that the schema does not list.
        case unrecognized(Int)

        init(rawValue: Int) {
            switch rawValue {
            case 1: self = .low
            case 2: self = .high
            default: self = .unrecognized(rawValue)
            }
        }

        var rawValue: Int {
            switch self {
            case .low: 1
            case .high: 2
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    enum Stock: RawRepresentable, Hashable, Sendable {
        case inStock
        case gone
        /// A value that the schema does not list.
        case unrecognized(String)

        init(rawValue: String) {
            switch rawValue {
            case "in-stock": self = .inStock
            case "off": self = .gone
            default: self = .unrecognized(rawValue)
            }
        }

        var rawValue: String {
            switch self {
            case .inStock: "in-stock"
            case .gone: "off"
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    struct Audit: Hashable, Sendable {
        var createdAt: Date
        var deletedAt: Date?

        init(createdAt: Date, deletedAt: Date?) {
            self.createdAt = createdAt
            self.deletedAt = deletedAt
        }
    }

    struct Ticket: Hashable, Sendable {
        var ticket: String
    }

    struct Order: Hashable, Sendable, Identifiable {
        var id: OrderID
        var createdAt: Date
        var deletedAt: Date?
        var note: String?
        var expires: Date
        /// Only in requests: nil in responses.
        var secret: String?
        /// Where it is.
        var state: Stock?
        fileprivate var _oldRef: String?

        @available(*, deprecated, message: "Use id.")
        var oldRef: String? {
            get { _oldRef }
            set { _oldRef = newValue }
        }

        var etag: String?
        /// Additional properties, by name.
        var others: [String: Countersign.JSONValue]

        init(
            id: OrderID,
            createdAt: Date,
            deletedAt: Date?,
            note: String?,
            expires: Date,
            secret: String? = nil,
            state: Stock? = .inStock,
            oldRef: String? = nil,
            etag: String? = nil,
            others: [String: Countersign.JSONValue] = [:]
        ) {
            self.id = id
            self.createdAt = createdAt
            self.deletedAt = deletedAt
            self.note = note
            self.expires = expires
            self.secret = secret
            self.state = state
            self._oldRef = oldRef
            self.etag = etag
            self.others = others
        }
    }

    struct OrderPatch: Hashable, Sendable {
        var note: Countersign.Nullable<String>?
    }

    enum Search {
        struct Filter: Hashable, Sendable {
            var colour: String?
        }
    }

    enum Start {
        /// The result of `start`, by status.
        enum Output: Hashable, Sendable {
            /// The response with status 200.
            case ok(Order)
            /// The response with status 202.
            case accepted(Ticket)
            /// The response with status 204.
            case noContent
        }
    }

    enum Fetch {
        /// The response with status 200: its header fields and body.
        struct Output: Hashable, Sendable {
            var body: Order
            var eTag: String?
        }
    }
}

nonisolated extension OrdersAPI.OrderID: Countersign.APIScalar {}

nonisolated extension OrdersAPI.Level: Countersign.APIScalar {}

nonisolated extension OrdersAPI.Stock: Countersign.APIScalar {}

nonisolated extension OrdersAPI.Ticket: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        ticket = try object.value("ticket")
    }
}

nonisolated extension OrdersAPI.Order: Countersign.JSONCodable {
    private static let fieldNames: [String] = [
        "id",
        "created_at",
        "deleted_at",
        "note",
        "expires",
        "secret",
        "state",
        "old_ref",
        "@odata.etag",
    ]

    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        id = try object.value("id")
        createdAt = try object.value("created_at")
        deletedAt = try object.nullable("deleted_at")
        note = try object.nullable("note")
        expires = try object.value("expires", as: .unixSeconds)
        secret = nil
        state = try object.optional("state") ?? .inStock
        _oldRef = try object.optional("old_ref")
        etag = try object.optional("@odata.etag")
        others = try object.others(except: Self.fieldNames)
    }

    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("created_at", createdAt)
        json.nullableField("deleted_at", deletedAt)
        json.nullableField("note", note)
        json.field("expires", expires, as: .unixSeconds)
        json.field("secret", secret)
        json.field("state", state)
        json.field("old_ref", _oldRef)
        json.field("@odata.etag", etag)
        json.fields(others, except: Self.fieldNames)
        json.endObject()
    }
}

nonisolated extension OrdersAPI.OrderPatch: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("note", note)
        json.endObject()
    }
}

nonisolated extension OrdersAPI.Search.Filter: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("colour", colour)
        json.endObject()
    }
}

nonisolated extension OrdersAPI.Fetch.Output: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        eTag = response.optionalHeader("ETag")
    }
}

// MARK: - Operations

nonisolated extension OrdersAPI {
    private static let definition = Countersign.APIDefinition(
        name: "OrdersAPI",
        schemes: [
            .apiKey(header: "Ocp-Apim-Subscription-Key"),
            .clientCredentials(.init(clientAuthentication: .privateKeyJWT)),
        ],
        requirements: [.all([.scheme(1, scopes: ["orders"]), .scheme(0)])],
        servers: ["https://upload.example.com"],
        timeout: .seconds(30)
    )

    private enum Operations {
        static let search = Countersign.APIOperation<[Order], Never>(
            "search",
            .get,
            "/search",
            requirement: 0,
            returns: [.json(.successful)]
        )
        static let login = Countersign.APIOperation<Void, Never>(
            "login",
            .post,
            "/login",
            returns: [.empty(.successful)]
        )
        static let avatar = Countersign.APIOperation<Void, Never>(
            "avatar",
            .put,
            "/avatar",
            requirement: 0,
            server: "https://upload.example.com",
            timeout: .seconds(300),
            returns: [.empty(.successful)]
        )
        static let start = Countersign.APIOperation<Start.Output, Never>(
            "start",
            .post,
            "/jobs",
            requirement: 0,
            returns: [
                .json(200, Order.self) { .ok($0) },
                .json(202, Ticket.self) { .accepted($0) },
                .empty(204, .noContent),
            ]
        )
        static let fetch = Countersign.APIOperation<Fetch.Output?, Never>(
            "fetch",
            .get,
            "/orders/{id}",
            requirement: 0,
            returns: [.headed(200, Fetch.Output.self), .empty(304, nil)]
        )
        static let patch = Countersign.APIOperation<Void, Never>(
            "patch",
            .patch,
            "/orders/{id}",
            requirement: 0,
            returns: [.empty(.successful)]
        )
        static let levels = Countersign.APIOperation<[Level], Never>(
            "levels",
            .get,
            "/levels",
            requirement: 0,
            returns: [.json(.successful)]
        )
        static let old = Countersign.APIOperation<Countersign.JSONValue, Never>(
            "old",
            .get,
            "/old",
            requirement: 0,
            returns: [.json(.successful)]
        )
    }
}
