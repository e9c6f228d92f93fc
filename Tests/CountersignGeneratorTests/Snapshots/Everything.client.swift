// Generated from Everything.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) public import Countersign
public import Foundation

/// A client of the API at `https://api.example.com`.
nonisolated public struct EverythingAPI: Sendable {
    /// The error that the calls of this client throw.
    public typealias Failure = Countersign.CallError<Problem>

    private let client: Countersign.APIClient

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - worker: The credentials of this program at `https://login.example.com`.
    ///   - key: The API key, sent in the header `X-Key`.
    ///   - server: The base URL of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    public init(
        worker: Countersign.ClientCredentials,
        key: Countersign.SecretValue,
        server: String = "https://api.example.com",
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server,
            credentials: [.clientCredentials(worker), .apiKey(key)],
            runtime: runtime
        )
    }

    private init(client: Countersign.APIClient) {
        self.client = client
    }

    /// Returns a copy of this client that makes its calls with the given options.
    public func options(_ options: Countersign.CallOption...) -> EverythingAPI {
        EverythingAPI(client: client.options(options))
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    public nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (EverythingAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(EverythingAPI(client: client.recording(to: recorder)))
        return (value, recorder.head)
    }

    /// The access tokens of this client.
    public var tokens: Countersign.ClientTokens { client.tokens }

    /// Validates the configuration of this client: servers, secrets, keys, metadata, and one token for each scheme.
    ///
    /// Its error names all problems. Tokens of users are not requested.
    public nonisolated(nonsending) func validate() async throws(Countersign.ClientValidationError) {
        try await client.validate()
    }

    /// Fetches one product.
    ///
    /// It may take a while.
    ///
    /// Line one
    /// line two */ \(x)
    ///
    /// `GET /products/{id}`
    ///
    /// - Parameters:
    ///   - id: The ID of the product.
    public nonisolated(nonsending) func getProduct(
        id: ProductID,
        ifNoneMatch: String? = nil,
        xTrace: [String] = []
    ) async throws(Failure) -> Product {
        var request = client.request(APIOperations.getProduct)
        request.path(id)
        request.header("If-None-Match", ifNoneMatch)
        request.header("X-Trace", xTrace)
        return try await client.send(request)
    }

    /// `GET /products`, page by page.
    public func listProducts(
        tag: [String]? = nil,
        in: FailureCode? = nil,
        pageSize: Int = 20,
        cursor: String? = nil
    ) -> Countersign.Pages<ListProducts.Output, Product, Problem> {
        var request = client.request(APIOperations.listProducts)
        request.query("tag", tag)
        request.query("in", `in`)
        request.query("page_size", pageSize)
        return client.pages(
            request,
            cursor: cursor,
            into: "cursor",
            items: { $0.products ?? [] },
            next: { $0.nextCursor }
        )
    }

    /// `POST /products`.
    public nonisolated(nonsending) func createProduct(
        name: String,
        price: Decimal,
        request: String? = nil,
        client: String? = nil,
        `let`: Int? = nil,
        `inout`: Int? = nil,
        self selfArgument: Int? = nil,
        no: String?,
        idempotencyKey: Countersign.IdempotencyKey = .unique
    ) async throws(Failure) -> Product {
        var apiRequest = self.client.request(APIOperations.createProduct)
        apiRequest.idempotencyKey(idempotencyKey)
        apiRequest.body(
            CreateProduct.Input(
                name: name,
                price: price,
                request: request,
                client: client,
                let: `let`,
                `inout`: `inout`,
                self: selfArgument,
                no: no
            )
        )
        return try await self.client.send(apiRequest)
    }

    /// `PUT /products/{id}`.
    public nonisolated(nonsending) func replaceProduct(id: ProductID, body: Product) async throws(Failure) {
        var request = client.request(APIOperations.replaceProduct)
        request.path(id)
        request.body(body)
        try await client.send(request)
    }

    /// `PATCH /products`.
    public nonisolated(nonsending) func patch(body: Product? = nil) async throws(Failure) -> Patch.Output {
        var request = client.request(APIOperations.patch)
        if let body {
            request.body(body)
        }
        return try await client.send(request)
    }

    /// `POST /init`.
    public nonisolated(nonsending) func `default`() async throws(Failure) -> Operations {
        try await client.send(client.request(APIOperations.default))
    }

    /// `POST /self`.
    public nonisolated(nonsending) func `self`() async throws(Failure) -> [Indirect] {
        try await client.send(client.request(APIOperations.`self`))
    }

    /// `GET /all`.
    @available(*, deprecated, message: "Use \"listProducts\".")
    public nonisolated(nonsending) func allProducts() async throws(Failure) -> ProductList {
        try await client.send(client.request(APIOperations.allProducts))
    }

    /// `GET /health`.
    public nonisolated(nonsending) func health() async throws(Failure) -> Empty {
        try await client.send(client.request(APIOperations.health))
    }

    /// `GET /lv`.
    public nonisolated(nonsending) func levels(
        l: Level? = nil,
        m: Level2? = nil,
        s: Stamp? = nil
    ) async throws(Failure) -> [String: [Level]] {
        var request = client.request(APIOperations.levels)
        request.query("l", l)
        request.query("m", m)
        request.query("s", s)
        return try await client.send(request)
    }
}

// MARK: - Models

nonisolated extension EverythingAPI {
    /// The declared errors of this client.
    public enum Problem: Hashable, Sendable {
        case failed(Failed)
        case conflict(Conflict)
    }

    public struct Failed: Hashable, Sendable {
        public var code: FailureCode
        public var detail: String?

        public init(code: FailureCode, detail: String? = nil) {
            self.code = code
            self.detail = detail
        }
    }

    public struct Conflict: Hashable, Sendable {
        public var with: ProductID

        public init(with: ProductID) {
            self.with = with
        }
    }

    public enum FailureCode: RawRepresentable, Hashable, Sendable {
        case notFound
        case `in`
        case `self`
        case `init`
        case `default`
        case hashValue
        case none
        case hash
        case rawValue
        case type
        case q
        /// A value that the schema does not list.
        case unrecognized(String)

        public init(rawValue: String) {
            switch rawValue {
            case "not_found": self = .notFound
            case "in": self = .in
            case "self": self = .`self`
            case "init": self = .`init`
            case "default": self = .default
            case "hash-value": self = .hashValue
            case "none": self = .none
            case "hash": self = .hash
            case "raw-value": self = .rawValue
            case "Type": self = .type
            case "\"q\\": self = .q
            default: self = .unrecognized(rawValue)
            }
        }

        public var rawValue: String {
            switch self {
            case .notFound: "not_found"
            case .in: "in"
            case .`self`: "self"
            case .`init`: "init"
            case .default: "default"
            case .hashValue: "hash-value"
            case .none: "none"
            case .hash: "hash"
            case .rawValue: "raw-value"
            case .type: "Type"
            case .q: "\"q\\"
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    public enum Closed: String, CaseIterable, Hashable, Sendable {
        case inStock = "in-stock"
        case gone = "off"
        case allCases = "x"
        case `default` = "d"
        case `init` = "i"
        case rawValue = "v"
    }

    public enum Level: RawRepresentable, Hashable, Sendable {
        case low
        case high
        /// A value that the schema does not list.
        case unrecognized(Int64)

        public init(rawValue: Int64) {
            switch rawValue {
            case 1: self = .low
            case 9999999999: self = .high
            default: self = .unrecognized(rawValue)
            }
        }

        public var rawValue: Int64 {
            switch self {
            case .low: 1
            case .high: 9999999999
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    public enum Level2: Int, CaseIterable, Hashable, Sendable {
        case low = 1
        case high = 2
    }

    public struct ProductID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public init(stringLiteral value: String) {
            rawValue = value
        }
    }

    public struct Revision: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
        public var rawValue: Int64

        public init(rawValue: Int64) {
            self.rawValue = rawValue
        }

        public init(integerLiteral value: Int64) {
            rawValue = value
        }
    }

    public struct Stamp: RawRepresentable, Hashable, Sendable {
        public var rawValue: Countersign.CalendarDay

        public init(rawValue: Countersign.CalendarDay) {
            self.rawValue = rawValue
        }
    }

    public struct Words: RawRepresentable, Hashable, Sendable {
        public var rawValue: [String]

        public init(rawValue: [String]) {
            self.rawValue = rawValue
        }
    }

    public struct Runtime: Hashable, Sendable {
        public var day: Countersign.CalendarDay

        public init(day: Countersign.CalendarDay) {
            self.day = day
        }
    }

    public struct Secret: Hashable, Sendable {
        public var value: String
        public var `self`: String?
        public var `init`: String?
        public var json: String
        public var object: Int
        public var hash: String
        public var type: String

        public init(
            value: String,
            self selfArgument: String? = nil,
            init: String? = nil,
            json: String,
            object: Int,
            hash: String,
            type: String
        ) {
            self.value = value
            self.`self` = selfArgument
            self.`init` = `init`
            self.json = json
            self.object = object
            self.hash = hash
            self.type = type
        }
    }

    public struct Audit: Hashable, Sendable {
        public var createdAt: Date
        public var deletedAt: Date?
        public var serverOnly: String
        public var clientOnly: String

        public init(createdAt: Date, deletedAt: Date?, serverOnly: String, clientOnly: String) {
            self.createdAt = createdAt
            self.deletedAt = deletedAt
            self.serverOnly = serverOnly
            self.clientOnly = clientOnly
        }
    }

    public struct Product: Hashable, Sendable, Identifiable {
        public var id: ProductID
        public var createdAt: Date
        public var deletedAt: Date?
        /// Only in responses: ignored in requests.
        public var serverOnly: String?
        /// Only in requests: nil in responses.
        public var clientOnly: String?
        /// What it is called.
        ///
        /// "Quoted", \(interpolated) and */ closed. Next line
        public var name: String
        public var price: Decimal
        public var big: Decimal
        public var weight: Double?
        public var tags: [String]
        public var words: [String]
        public var state: Closed?
        public var code: FailureCode?
        public var rev: Revision
        public var releasedOn: Countersign.CalendarDay?
        public var note: Countersign.Nullable<String>?
        public var updatedAt: Date
        public var pictureURL: URL?
        public var checksum: Data?
        public var batch: UUID?
        public var attributes: [String: String]
        public var extra: Countersign.JSONValue
        fileprivate var _oldName: String?

        @available(*, deprecated, message: "Use name.")
        public var oldName: String? {
            get { _oldName }
            set { _oldName = newValue }
        }

        public var secret: Secret?
        public var launch: Runtime?
        @APIIndirect public var similar: Product?
        public var parts: [Product]
        public var size: Product.Size
        public var shape: Shape?
        public var words2: Words?
        /// Additional properties, by name.
        public var others: [String: Countersign.JSONValue]

        public init(
            id: ProductID,
            createdAt: Date,
            deletedAt: Date?,
            serverOnly: String? = nil,
            clientOnly: String? = nil,
            name: String,
            price: Decimal = Decimal(sign: .plus, exponent: -1, significand: 1),
            big: Decimal = Decimal(sign: .plus, exponent: -1, significand: 123456789012345675),
            weight: Double? = 1.5,
            tags: [String] = [],
            words: [String] = ["a\\(b)", "\"\n"],
            state: Closed? = .inStock,
            code: FailureCode? = EverythingAPI.FailureCode.none,
            rev: Revision = .init(rawValue: 7),
            releasedOn: Countersign.CalendarDay? = nil,
            note: Countersign.Nullable<String>? = nil,
            updatedAt: Date,
            pictureURL: URL? = nil,
            checksum: Data? = nil,
            batch: UUID? = nil,
            attributes: [String: String],
            extra: Countersign.JSONValue,
            oldName: String? = nil,
            secret: Secret? = nil,
            launch: Runtime? = nil,
            similar: Product? = nil,
            parts: [Product],
            size: Product.Size,
            shape: Shape? = nil,
            words2: Words? = nil,
            others: [String: Countersign.JSONValue] = [:]
        ) {
            self.id = id
            self.createdAt = createdAt
            self.deletedAt = deletedAt
            self.serverOnly = serverOnly
            self.clientOnly = clientOnly
            self.name = name
            self.price = price
            self.big = big
            self.weight = weight
            self.tags = tags
            self.words = words
            self.state = state
            self.code = code
            self.rev = rev
            self.releasedOn = releasedOn
            self.note = note
            self.updatedAt = updatedAt
            self.pictureURL = pictureURL
            self.checksum = checksum
            self.batch = batch
            self.attributes = attributes
            self.extra = extra
            self._oldName = oldName
            self.secret = secret
            self.launch = launch
            self.similar = similar
            self.parts = parts
            self.size = size
            self.shape = shape
            self.words2 = words2
            self.others = others
        }

        public struct Size: Hashable, Sendable {
            public var width: Int
            public var height: Int32

            public init(width: Int, height: Int32) {
                self.width = width
                self.height = height
            }
        }
    }

    public typealias ProductList = [Product]

    public enum Shape: Hashable, Sendable {
        case circle(Circle)
        case square(Square)
        case group(Group)
        case aB(Tagged)
        /// A value whose discriminator the schema does not list: the discriminator and the whole object.
        case unrecognized(String, Countersign.JSONValue)
    }

    public struct Circle: Hashable, Sendable {
        public var radius: Double

        public init(radius: Double) {
            self.radius = radius
        }
    }

    public struct Square: Hashable, Sendable {
        public var side: Double

        public init(side: Double) {
            self.side = side
        }
    }

    public struct Group: Hashable, Sendable {
        @APIIndirect public var first: Shape
        @APIIndirect public var second: Shape?

        public init(first: Shape, second: Shape? = nil) {
            self.first = first
            self.second = second
        }
    }

    public struct Tagged: Hashable, Sendable {
        public var kind: String

        public init(kind: String) {
            self.kind = kind
        }
    }

    public struct Operations: Hashable, Sendable {
        public var a: String

        public init(a: String) {
            self.a = a
        }
    }

    public struct Indirect: Hashable, Sendable {
        public var a: String

        public init(a: String) {
            self.a = a
        }
    }

    public struct Empty: Hashable, Sendable {
        public init() {}
    }

    public enum ListProducts {
        public struct Output: Hashable, Sendable {
            public var products: ProductList?
            public var nextCursor: String?

            public init(products: ProductList? = nil, nextCursor: String? = nil) {
                self.products = products
                self.nextCursor = nextCursor
            }
        }
    }

    public enum CreateProduct {
        fileprivate struct Input {
            let name: String
            let price: Decimal
            let request: String?
            let client: String?
            let `let`: Int?
            let `inout`: Int?
            let `self`: Int?
            let no: String?
        }
    }

    public enum Patch {
        /// The result of `patch`, by status.
        public enum Output: Hashable, Sendable {
            /// The response with status 200.
            case ok(Product)
            /// The response with status 202.
            case accepted(Conflict)
        }
    }

    /// Stores a value indirectly, so that a type can contain values of its own type.
    @propertyWrapper
    public indirect enum APIIndirect<Value: Hashable & Sendable>: Hashable, Sendable {
        case value(Value)

        public init(wrappedValue: Value) {
            self = .value(wrappedValue)
        }

        public var wrappedValue: Value {
            get {
                switch self {
                case .value(let value): value
                }
            }
            set { self = .value(newValue) }
        }
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Failed: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        code = try object.value("code")
        detail = try object.optional("detail")
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Conflict: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        with = try object.value("with")
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.FailureCode: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Closed: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Level: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Level2: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.ProductID: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Revision: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Stamp: Countersign.APIScalar {}

@_spi(Generated)
nonisolated extension EverythingAPI.Words: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        rawValue = try .init(json: json)
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        rawValue.encode(to: &json)
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Runtime: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        day = try object.value("day")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("day", day)
        json.endObject()
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Secret: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        value = try object.value("value")
        self.`self` = try object.optional("self")
        `init` = try object.optional("init")
        self.json = try object.value("json")
        self.object = try object.value("object")
        hash = try object.value("hash")
        type = try object.value("Type")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("value", value)
        json.field("self", self.`self`)
        json.field("init", `init`)
        json.field("json", self.json)
        json.field("object", object)
        json.field("hash", hash)
        json.field("Type", type)
        json.endObject()
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Product: Countersign.JSONCodable {
    private static let fieldNames: [String] = [
        "id",
        "created_at",
        "deleted_at",
        "server_only",
        "client_only",
        "name",
        "price",
        "big",
        "weight",
        "tags",
        "words",
        "state",
        "code",
        "rev",
        "released_on",
        "note",
        "updated_at",
        "picture_url",
        "checksum",
        "batch",
        "attributes",
        "extra",
        "old_name",
        "secret",
        "launch",
        "similar",
        "parts",
        "size",
        "shape",
        "words2",
    ]

    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        id = try object.value("id")
        createdAt = try object.value("created_at")
        deletedAt = try object.nullable("deleted_at")
        serverOnly = try object.optional("server_only")
        clientOnly = nil
        name = try object.value("name")
        price = try object.value("price", default: Decimal(sign: .plus, exponent: -1, significand: 1))
        big = try object.value("big", default: Decimal(sign: .plus, exponent: -1, significand: 123456789012345675))
        weight = try object.optional("weight") ?? 1.5
        tags = try object.value("tags", default: [])
        words = try object.value("words", default: ["a\\(b)", "\"\n"])
        state = try object.optional("state") ?? .inStock
        code = try object.optional("code") ?? EverythingAPI.FailureCode.none
        rev = try object.value("rev", default: .init(rawValue: 7))
        releasedOn = try object.optional("released_on")
        note = try object.optionalNullable("note")
        updatedAt = try object.value("updated_at")
        pictureURL = try object.optional("picture_url")
        checksum = try object.optional("checksum")
        batch = try object.optional("batch")
        attributes = try object.value("attributes")
        extra = try object.value("extra")
        _oldName = try object.optional("old_name")
        secret = try object.optional("secret")
        launch = try object.optional("launch")
        similar = try object.optional("similar")
        parts = try object.value("parts")
        size = try object.value("size")
        shape = try object.optional("shape")
        words2 = try object.optional("words2")
        others = try object.others(except: Self.fieldNames)
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("id", id)
        json.field("created_at", createdAt)
        json.nullableField("deleted_at", deletedAt)
        json.field("client_only", clientOnly)
        json.field("name", name)
        json.field("price", price)
        json.field("big", big)
        json.field("weight", weight)
        json.field("tags", tags)
        json.field("words", words)
        json.field("state", state)
        json.field("code", code)
        json.field("rev", rev)
        json.field("released_on", releasedOn)
        json.field("note", note)
        json.field("updated_at", updatedAt)
        json.field("picture_url", pictureURL)
        json.field("checksum", checksum)
        json.field("batch", batch)
        json.field("attributes", attributes)
        json.field("extra", extra)
        json.field("old_name", _oldName)
        json.field("secret", secret)
        json.field("launch", launch)
        json.field("similar", similar)
        json.field("parts", parts)
        json.field("size", size)
        json.field("shape", shape)
        json.field("words2", words2)
        json.fields(others, except: Self.fieldNames)
        json.endObject()
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Shape: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        let tag: String = try object.value("kind")
        switch tag {
        case "circle": self = .circle(try .init(json: json))
        case "square": self = .square(try .init(json: json))
        case "group": self = .group(try .init(json: json))
        case "a\"b": self = .aB(try .init(json: json))
        default: self = .unrecognized(tag, try .init(json: json))
        }
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        switch self {
        case .circle(let value):
            json.beginObject()
            json.field("kind", "circle")
            value.encodeFields(to: &json)
            json.endObject()
        case .square(let value):
            json.beginObject()
            json.field("kind", "square")
            value.encodeFields(to: &json)
            json.endObject()
        case .group(let value):
            json.beginObject()
            json.field("kind", "group")
            value.encodeFields(to: &json)
            json.endObject()
        case .aB(let value):
            json.beginObject()
            json.field("kind", "a\"b")
            value.encodeFields(to: &json)
            json.endObject()
        case .unrecognized(_, let value): json.value(value)
        }
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Circle: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        radius = try object.value("radius")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        encodeFields(to: &json)
        json.endObject()
    }

    fileprivate func encodeFields(to json: inout Countersign.JSONWriter) {
        json.field("radius", radius)
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Square: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        side = try object.value("side")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        encodeFields(to: &json)
        json.endObject()
    }

    fileprivate func encodeFields(to json: inout Countersign.JSONWriter) {
        json.field("side", side)
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Group: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        first = try object.value("first")
        second = try object.optional("second")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        encodeFields(to: &json)
        json.endObject()
    }

    fileprivate func encodeFields(to json: inout Countersign.JSONWriter) {
        json.field("first", first)
        json.field("second", second)
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Tagged: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        kind = try object.value("kind")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("kind", kind)
        encodeFields(to: &json)
        json.endObject()
    }

    fileprivate func encodeFields(to json: inout Countersign.JSONWriter) {
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Operations: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        a = try object.value("a")
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Indirect: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        a = try object.value("a")
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Empty: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        _ = try json.object()
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.Product.Size: Countersign.JSONCodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        width = try object.value("width")
        height = try object.value("height")
    }

    public func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("width", width)
        json.field("height", height)
        json.endObject()
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.ListProducts.Output: Countersign.JSONDecodable {
    public init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        products = try object.optional("products")
        nextCursor = try object.optional("next_cursor")
    }
}

@_spi(Generated)
nonisolated extension EverythingAPI.CreateProduct.Input: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("name", name)
        json.field("price", price)
        json.field("request", request)
        json.field("client", client)
        json.field("let", `let`)
        json.field("inout", `inout`)
        json.field("self", self.`self`)
        json.nullableField("no", no)
        json.endObject()
    }
}

// MARK: - Operations

nonisolated extension EverythingAPI {
    private static let definition = Countersign.APIDefinition(
        name: "EverythingAPI",
        schemes: [
            .clientCredentials(
                .init(
                    issuer: "https://login.example.com",
                    parameters: ["tenant": "acme"],
                    endpointOrigins: ["https://tokens.example.com"]
                )
            ),
            .apiKey(header: "X-Key"),
        ],
        requirements: [
            .all([.scheme(0, scopes: ["a"]), .scheme(1)]),
            .all([.scheme(0, scopes: ["a", "store.write"]), .scheme(1)]),
            .scheme(1),
            .any([.scheme(1), .none]),
            .any([.scheme(0, scopes: ["a"]), .none]),
        ]
    )

    private enum APIOperations {
        static let getProduct = Countersign.APIOperation<Product, Problem>(
            "getProduct",
            .get,
            "/products/{id}",
            requirement: 0,
            returns: [.json(.successful)],
            errors: problems
        )
        static let listProducts = Countersign.APIOperation<ListProducts.Output, Problem>(
            "listProducts",
            .get,
            "/products",
            requirement: 0,
            returns: [.json(.successful)],
            errors: problems
        )
        static let createProduct = Countersign.APIOperation<Product, Problem>(
            "createProduct",
            .post,
            "/products",
            requirement: 1,
            idempotencyKey: "Idempotency-Key",
            returns: [.json(201)],
            errors: [
                .json(409, Conflict.self) { .conflict($0) },
                .json(.clientError, Failed.self) { .failed($0) },
                .json(.serverError, Failed.self) { .failed($0) },
            ]
        )
        static let replaceProduct = Countersign.APIOperation<Void, Problem>(
            "replaceProduct",
            .put,
            "/products/{id}",
            requirement: 0,
            returns: [.empty(.successful)],
            errors: problems
        )
        static let patch = Countersign.APIOperation<Patch.Output, Problem>(
            "patch",
            .patch,
            "/products",
            requirement: 0,
            returns: [.json(200, Product.self) { .ok($0) }, .json(202, Conflict.self) { .accepted($0) }],
            errors: problems
        )
        static let `default` = Countersign.APIOperation<Operations, Problem>(
            "default",
            .post,
            "/init",
            requirement: 2,
            returns: [.json(.successful)],
            errors: problems
        )
        static let `self` = Countersign.APIOperation<[Indirect], Problem>(
            "self",
            .post,
            "/self",
            requirement: 3,
            returns: [.json(.successful)],
            errors: problems
        )
        static let allProducts = Countersign.APIOperation<ProductList, Problem>(
            "allProducts",
            .get,
            "/all",
            requirement: 4,
            returns: [.json(.successful)],
            errors: problems
        )
        static let health = Countersign.APIOperation<Empty, Problem>(
            "health",
            .get,
            "/health",
            returns: [.json(.successful)],
            errors: problems
        )
        static let levels = Countersign.APIOperation<[String: [Level]], Problem>(
            "levels",
            .get,
            "/lv",
            requirement: 0,
            returns: [.json(.successful)],
            errors: problems
        )

        private static let problems: [Countersign.APIResponse<Problem>] = [
            .json(.clientError, Failed.self) { .failed($0) },
            .json(.serverError, Failed.self) { .failed($0) },
        ]
    }
}
