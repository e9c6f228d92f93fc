// Generated from Catalog.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign
import Foundation

/// The product catalogue.
nonisolated struct CatalogAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Problem>

    private let client: Countersign.APIClient

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - credentials: The credentials of this program at `https://login.example.com`.
    ///   - server: The base URL of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        credentials: Countersign.ClientCredentials,
        server: String = "https://api.example.com/catalog/v1",
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server,
            credentials: [.clientCredentials(credentials)],
            runtime: runtime
        )
    }

    private init(client: Countersign.APIClient) {
        self.client = client
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> CatalogAPI {
        CatalogAPI(client: client.options(options))
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (CatalogAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(CatalogAPI(client: client.recording(to: recorder)))
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

    /// Fetches one item.
    ///
    /// `GET /items/{id}`
    nonisolated(nonsending) func getItem(id: ItemID, ifNoneMatch: String? = nil) async throws(Failure) -> Item {
        var request = client.request(Operations.getItem)
        request.path(id)
        request.header("If-None-Match", ifNoneMatch)
        return try await client.send(request)
    }

    /// `GET /items`, page by page.
    func listItems(
        tag: String? = nil,
        pageSize: Int? = nil,
        cursor: String? = nil
    ) -> Countersign.Pages<ListItems.Output, Item, Problem> {
        var request = client.request(Operations.listItems)
        request.query("tag", tag)
        request.query("page_size", pageSize)
        return client.pages(request, cursor: cursor, into: "cursor", items: { $0.items }, next: { $0.nextCursor })
    }

    /// `POST /items`.
    nonisolated(nonsending) func createItem(
        name: String,
        price: Money,
        tags: [String] = [],
        idempotencyKey: Countersign.IdempotencyKey = .unique
    ) async throws(Failure) -> Item {
        var request = client.request(Operations.createItem)
        request.idempotencyKey(idempotencyKey)
        request.body(CreateItem.Input(name: name, price: price, tags: tags))
        return try await client.send(request)
    }

    /// `GET /health`.
    nonisolated(nonsending) func health() async throws(Failure) {
        try await client.send(client.request(Operations.health))
    }
}

// MARK: - Models

nonisolated extension CatalogAPI {
    struct Problem: Hashable, Sendable {
        var code: ProblemCode
        var detail: String?
    }

    enum ProblemCode: RawRepresentable, Hashable, Sendable {
        case notFound
        case outOfStock
        case rateLimited
        /// A value that the schema does not list.
        case unrecognized(String)

        init(rawValue: String) {
            switch rawValue {
            case "not_found": self = .notFound
            case "out_of_stock": self = .outOfStock
            case "rate_limited": self = .rateLimited
            default: self = .unrecognized(rawValue)
            }
        }

        var rawValue: String {
            switch self {
            case .notFound: "not_found"
            case .outOfStock: "out_of_stock"
            case .rateLimited: "rate_limited"
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    struct ItemID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        var rawValue: String

        init(rawValue: String) {
            self.rawValue = rawValue
        }

        init(stringLiteral value: String) {
            rawValue = value
        }
    }

    struct Item: Hashable, Sendable, Identifiable {
        var id: ItemID
        var name: String
        var price: Money
        var tags: [String] = []
        var releasedOn: Countersign.CalendarDay?
        var updatedAt: Date
        var attributes: [String: String]
    }

    struct Money: Hashable, Sendable {
        var amount: Decimal
        var currency: String
    }

    enum ListItems {
        struct Output: Hashable, Sendable {
            var items: [Item]
            var nextCursor: String?
        }
    }

    enum CreateItem {
        fileprivate struct Input {
            let name: String
            let price: Money
            let tags: [String]
        }
    }
}

nonisolated extension CatalogAPI.Problem: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        code = try object.value("code")
        detail = try object.optional("detail")
    }
}

nonisolated extension CatalogAPI.ProblemCode: Countersign.APIScalar {}

nonisolated extension CatalogAPI.ItemID: Countersign.APIScalar {}

nonisolated extension CatalogAPI.Item: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        id = try object.value("id")
        name = try object.value("name")
        price = try object.value("price")
        tags = try object.value("tags", default: [])
        releasedOn = try object.optional("released_on")
        updatedAt = try object.value("updated_at")
        attributes = try object.value("attributes")
    }
}

nonisolated extension CatalogAPI.Money: Countersign.JSONCodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        amount = try object.value("amount")
        currency = try object.value("currency")
    }

    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("amount", amount)
        json.field("currency", currency)
        json.endObject()
    }
}

nonisolated extension CatalogAPI.ListItems.Output: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        items = try object.value("items")
        nextCursor = try object.optional("next_cursor")
    }
}

nonisolated extension CatalogAPI.CreateItem.Input: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("price", price)
        json.field("tags", tags)
        json.endObject()
    }
}

// MARK: - Operations

nonisolated extension CatalogAPI {
    private static let definition = Countersign.APIDefinition(
        name: "CatalogAPI",
        schemes: [
            .clientCredentials(
                .init(
                    issuer: "https://login.example.com",
                    clientAuthentication: .clientSecretBasic,
                    resources: ["https://api.example.com/catalog"],
                    dpop: .es256
                )
            )
        ],
        requirements: [.scheme(0, scopes: ["catalog", "catalog.write", "inventory"])]
    )

    private enum Operations {
        static let getItem = Countersign.APIOperation<Item, Problem>(
            "getItem",
            .get,
            "/items/{id}",
            requirement: 0,
            returns: [.json(.successful)],
            errors: problems
        )
        static let listItems = Countersign.APIOperation<ListItems.Output, Problem>(
            "listItems",
            .get,
            "/items",
            requirement: 0,
            returns: [.json(.successful)],
            errors: problems
        )
        static let createItem = Countersign.APIOperation<Item, Problem>(
            "createItem",
            .post,
            "/items",
            requirement: 0,
            idempotencyKey: "Idempotency-Key",
            returns: [.json(201)],
            errors: [.json(409), .json(.clientError), .json(.serverError)]
        )
        static let health = Countersign.APIOperation<Void, Problem>(
            "health",
            .get,
            "/health",
            returns: [.empty(.successful)],
            errors: problems
        )

        private static let problems: [Countersign.APIResponse<Problem>] = [.json(.clientError), .json(.serverError)]
    }
}
