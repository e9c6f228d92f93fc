import CountersignTesting

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// A client like the generated ones, but shorter.
struct CatalogAPI: Sendable {
    typealias Failure = CallError<Problem>

    enum Problem: Hashable, Sendable {
        case conflict(Conflict)
        case rejection(Rejection)
    }

    struct Conflict: Hashable, Sendable, JSONDecodable {
        var code: String

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            code = try object.value("code")
        }
    }

    struct Rejection: Hashable, Sendable, JSONDecodable {
        var reason: String

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            reason = try object.value("reason")
        }
    }

    struct Item: Hashable, Sendable, JSONDecodable, JSONEncodable {
        var id: String

        init(id: String) {
            self.id = id
        }

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            id = try object.value("id")
        }

        func encode(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", id)
            json.endObject()
        }
    }

    struct Page: Hashable, Sendable, JSONDecodable {
        var items: [Item]
        var next: String?

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            items = try object.value("items")
            next = try object.optional("next")
        }
    }

    let client: APIClient

    init(_ world: World, dpop: DPoPAlgorithm? = nil) {
        let definition = APIDefinition(
            name: "CatalogAPI",
            schemes: [.clientCredentials(OAuthConfiguration(tokenEndpoint: world.server.url(of: .token), dpop: dpop))],
            requirements: [.scheme(0, scopes: ["read"])]
        )
        client = APIClient(
            definition,
            server: world.api.origin.description + "/v1/",
            credentials: [.clientCredentials(World.credentials)],
            runtime: world.runtime
        )
    }

    init(client: APIClient) {
        self.client = client
    }

    func options(_ options: CallOption...) -> CatalogAPI {
        CatalogAPI(client: client.options(options))
    }

    nonisolated(nonsending) func getItem(id: String) async throws(Failure) -> Item {
        var request = client.request(Operations.getItem)
        request.path(id)
        return try await client.send(request)
    }

    nonisolated(nonsending) func createItem(
        _ item: Item,
        idempotencyKey: IdempotencyKey = .unique
    ) async throws(Failure) -> Item {
        var request = client.request(Operations.createItem)
        request.idempotencyKey(idempotencyKey)
        request.body(item)
        return try await client.send(request)
    }

    nonisolated(nonsending) func health() async throws(Failure) {
        try await client.send(client.request(Operations.health))
    }

    func listItems(tag: String? = nil, cursor: String? = nil) -> Pages<Page, Item, Problem> {
        var request = client.request(Operations.listItems)
        request.query("tag", tag)
        return client.pages(request, cursor: cursor, into: "cursor", items: { $0.items }, next: { $0.next })
    }

    private enum Operations {
        static let getItem = APIOperation<Item, Problem>(
            "getItem",
            .get,
            "/items/{id}",
            requirement: 0,
            returns: [.json(200)],
            errors: [
                .json(409, Conflict.self, Problem.conflict), .json(.clientError, Rejection.self, Problem.rejection),
            ]
        )
        static let createItem = APIOperation<Item, Problem>(
            "createItem",
            .post,
            "/items",
            requirement: 0,
            idempotencyKey: "Idempotency-Key",
            returns: [.json(.successful)]
        )
        static let listItems = APIOperation<Page, Problem>(
            "listItems",
            .get,
            "/items",
            requirement: 0,
            returns: [.json(200)]
        )
        static let health = APIOperation<Void, Problem>("health", .get, "/health", returns: [.empty(.successful)])
    }
}
