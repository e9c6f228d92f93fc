// Generated from Calls.client.yaml by Countersign. Edit the schema, not this file.

@_spi(Generated) import Countersign
import Foundation

/// All kinds of calls and responses.
nonisolated struct CallsAPI: Sendable {
    /// The error that the calls of this client throw.
    typealias Failure = Countersign.CallError<Problem>

    private let client: Countersign.APIClient
    private let stubHandlers: Countersign.StubHandlers<Stub>?

    /// Creates a client of the API at `server`.
    ///
    /// - Parameters:
    ///   - key: The API key, sent in the query parameter `api_key`.
    ///   - worker: The credentials of this program at `https://login.example.com`.
    ///   - server: The base URL of the API.
    ///   - runtime: The owner of connections and tokens, which clients of one runtime share.
    init(
        key: Countersign.SecretValue,
        worker: Countersign.ClientCredentials,
        server: String = "https://api.example.com/v1",
        runtime: Countersign.CountersignRuntime = .shared
    ) {
        client = Countersign.APIClient(
            Self.definition,
            server: server,
            credentials: [.apiKey(key), .clientCredentials(worker)],
            runtime: runtime
        )
        stubHandlers = nil
    }

    private init(client: Countersign.APIClient, stubHandlers: Countersign.StubHandlers<Stub>?) {
        self.client = client
        self.stubHandlers = stubHandlers
    }

    /// Returns a copy of this client that makes its calls with the given options.
    func options(_ options: Countersign.CallOption...) -> CallsAPI {
        CallsAPI(client: client.options(options), stubHandlers: stubHandlers)
    }

    /// Makes calls, and returns their result with the status and header fields of the last response.
    ///
    /// The head is nil if no response was received.
    nonisolated(nonsending) func withResponse<Value, CallsFailure: Error>(
        _ calls: nonisolated(nonsending) (CallsAPI) async throws(CallsFailure) -> Value
    ) async throws(CallsFailure) -> (value: Value, head: Countersign.ResponseHead?) {
        let recorder = Countersign.ResponseRecorder()
        let value = try await calls(CallsAPI(client: client.recording(to: recorder), stubHandlers: stubHandlers))
        return (value, recorder.head)
    }

    /// Returns a client for tests whose calls run closures.
    ///
    /// A call without a closure throws an error of kind `notStubbed`.
    static func stub(_ configure: (inout Stub) -> Void) -> CallsAPI {
        var stub = Stub()
        configure(&stub)
        return CallsAPI(
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

    /// `GET /styles`.
    nonisolated(nonsending) func styles(
        comma: [Colour]? = nil,
        space: [String] = [],
        pipe: [String]? = nil,
        brackets: [Int],
        one: Int? = nil,
        window: Window? = nil,
        box: Styles.Box
    ) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.styles, stubHandlers.stub.styles)(
                comma,
                space,
                pipe,
                brackets,
                one,
                window,
                box
            )
        }
        var request = client.request(Operations.styles)
        request.query("comma", comma, style: .comma)
        request.query("space", space, style: .space)
        request.query("pipe", pipe, style: .pipe)
        request.query("brackets", brackets, style: .brackets)
        request.query("one", one)
        request.query("window[from]", window?.from)
        request.query("window[colours]", window?.colours)
        request.query("window[until]", window?.until.parameter(as: .unixSeconds))
        request.query("window[answer]", window?._answer)
        request.query("box[w i]", box.wI)
        request.query("box[tags]", box.tags)
        try await client.send(request)
    }

    /// `POST /login`.
    nonisolated(nonsending) func login(
        user: String,
        passWord: String? = nil,
        tag: [Colour] = [],
        at: Countersign.CalendarDay? = nil,
        since: Date
    ) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.login, stubHandlers.stub.login)(user, passWord, tag, at, since)
        }
        var request = client.request(Operations.login)
        request.form("user", user)
        request.form("pass word", passWord)
        request.form("tag", tag)
        request.form("at", at)
        request.form("since", since.parameter(as: .httpDate))
        try await client.send(request)
    }

    /// `POST /ping`.
    nonisolated(nonsending) func ping(note: String? = nil) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.ping, stubHandlers.stub.ping)(note)
        }
        var request = client.request(Operations.ping)
        request.form("note", note)
        try await client.send(request)
    }

    /// `POST /hooks`.
    ///
    /// - Parameters:
    ///   - others: Additional properties of the body, by name.
    nonisolated(nonsending) func hook(
        url: String,
        mode: Hook.Input.Mode,
        rules: [Hook.Input.Rules],
        delivery: Hook.Input.Delivery,
        others: [String: Countersign.JSONValue] = [:]
    ) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.hook, stubHandlers.stub.hook)(url, mode, rules, delivery, others)
        }
        var request = client.request(Operations.hook)
        request.body(Hook.Input(url: url, mode: mode, rules: rules, delivery: delivery, others: others))
        try await client.send(request)
    }

    /// `PUT /files/1`.
    ///
    /// - Parameters:
    ///   - body: The bytes to send as `image/png`.
    nonisolated(nonsending) func upload(body: [UInt8]) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.upload, stubHandlers.stub.upload)(body)
        }
        var request = client.request(Operations.upload)
        request.body(body, "image/png")
        try await client.send(request)
    }

    /// `PUT /avatars/{id}`.
    ///
    /// - Parameters:
    ///   - body: The bytes to send as `application/octet-stream`.
    nonisolated(nonsending) func avatar(id: String, body: [UInt8]) async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.avatar, stubHandlers.stub.avatar)(id, body)
        }
        var request = client.request(Operations.avatar)
        request.path(id)
        request.body(body, "application/octet-stream")
        try await client.send(request)
    }

    /// `POST /jobs`.
    nonisolated(nonsending) func start(
        request: String,
        stubHandlers: String? = nil
    ) async throws(Failure) -> Start.Output {
        if let apiStubHandlers = self.stubHandlers {
            return try await client.stubbed(Operations.start, apiStubHandlers.stub.start)(request, stubHandlers)
        }
        var apiRequest = client.request(Operations.start)
        apiRequest.body(Start.Input(request: request, stubHandlers: stubHandlers))
        return try await client.send(apiRequest)
    }

    /// `GET /maybe`.
    nonisolated(nonsending) func maybe() async throws(Failure) -> Thing? {
        if let stubHandlers {
            return try await client.stubbed(Operations.maybe, stubHandlers.stub.maybe)()
        }
        return try await client.send(client.request(Operations.maybe))
    }

    /// `GET /maybe-null`.
    nonisolated(nonsending) func maybeNull() async throws(Failure) -> Thing? {
        if let stubHandlers {
            return try await client.stubbed(Operations.maybeNull, stubHandlers.stub.maybeNull)()
        }
        return try await client.send(client.request(Operations.maybeNull))
    }

    /// `POST /same`.
    nonisolated(nonsending) func same() async throws(Failure) -> Thing {
        if let stubHandlers {
            return try await client.stubbed(Operations.same, stubHandlers.stub.same)()
        }
        return try await client.send(client.request(Operations.same))
    }

    /// `GET /fetch`.
    nonisolated(nonsending) func fetch(ifNoneMatch: String? = nil) async throws(Failure) -> Fetch.Output? {
        if let stubHandlers {
            return try await client.stubbed(Operations.fetch, stubHandlers.stub.fetch)(ifNoneMatch)
        }
        var request = client.request(Operations.fetch)
        request.header("If-None-Match", ifNoneMatch)
        return try await client.send(request)
    }

    /// `POST /create`.
    nonisolated(nonsending) func create() async throws(Failure) -> Create.Output {
        if let stubHandlers {
            return try await client.stubbed(Operations.create, stubHandlers.stub.create)()
        }
        return try await client.send(client.request(Operations.create))
    }

    /// `GET /both`.
    nonisolated(nonsending) func both() async throws(Failure) -> Both.Output {
        if let stubHandlers {
            return try await client.stubbed(Operations.both, stubHandlers.stub.both)()
        }
        return try await client.send(client.request(Operations.both))
    }

    /// `GET /anything`.
    nonisolated(nonsending) func anything() async throws(Failure) -> Countersign.JSONValue {
        if let stubHandlers {
            return try await client.stubbed(Operations.anything, stubHandlers.stub.anything)()
        }
        return try await client.send(client.request(Operations.anything))
    }

    /// `GET /limited`.
    nonisolated(nonsending) func limited() async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.limited, stubHandlers.stub.limited)()
        }
        try await client.send(client.request(Operations.limited))
    }

    /// `DELETE /nothing`.
    nonisolated(nonsending) func nothing() async throws(Failure) {
        if let stubHandlers {
            return try await client.stubbed(Operations.nothing, stubHandlers.stub.nothing)()
        }
        try await client.send(client.request(Operations.nothing))
    }

    /// `GET /by-cursor`, page by page.
    func byCursor(cursor: String? = nil, size: Int? = nil) -> Countersign.Pages<Page?, Thing, Problem> {
        var request = client.request(Operations.byCursor)
        request.query("size", size)
        let pages = client.pages(
            request,
            cursor: cursor,
            into: "cursor",
            items: { $0?.things ?? [] },
            next: { $0?.next }
        )
        guard let stubHandlers else { return pages }
        return pages.stubbed(stubHandlers.stub.byCursor) { (closure) throws(Failure) in
            try await closure(cursor, size)
        }
    }

    /// `GET /by-link`, page by page.
    func byLink(size: Int? = nil, pages: Int? = nil) -> Countersign.Pages<[Thing], Thing, Problem> {
        var request = client.request(Operations.byLink)
        request.query("size", size)
        request.query("pages", pages)
        let apiPages = client.pages(request, items: { $0 })
        guard let stubHandlers else { return apiPages }
        return apiPages.stubbed(stubHandlers.stub.byLink) { (closure) throws(Failure) in
            try await closure(size, pages)
        }
    }

    /// `GET /by-headed-link`, page by page.
    func byHeadedLink() -> Countersign.Pages<ByHeadedLink.Output, Thing, Problem> {
        let request = client.request(Operations.byHeadedLink)
        let pages = client.pages(request, items: { $0.body.things })
        guard let stubHandlers else { return pages }
        return pages.stubbed(stubHandlers.stub.byHeadedLink) { (closure) throws(Failure) in
            try await closure()
        }
    }

    /// `GET /by-page`, page by page.
    func byPage(pageNumber: Int? = nil) -> Countersign.Pages<[Thing], Thing, Problem> {
        let request = client.request(Operations.byPage)
        let pages = client.pages(request, page: pageNumber, into: "page_number", items: { $0 })
        guard let stubHandlers else { return pages }
        return pages.stubbed(stubHandlers.stub.byPage) { (closure) throws(Failure) in
            try await closure(pageNumber)
        }
    }

    /// `GET /by-zero`, page by page.
    func byPageFromZero(page: Int32 = 0) -> Countersign.Pages<ByPageFromZero.Output, Thing, Problem> {
        let request = client.request(Operations.byPageFromZero)
        let pages = client.pages(request, page: page, into: "page", items: { $0.things ?? [] })
        guard let stubHandlers else { return pages }
        return pages.stubbed(stubHandlers.stub.byPageFromZero) { (closure) throws(Failure) in
            try await closure(page)
        }
    }

    /// `GET /by-date`, page by page.
    func byDate(after: Seconds? = nil) -> Countersign.Pages<ByDate.Output, Thing, Problem> {
        let request = client.request(Operations.byDate)
        let pages = client.pages(
            request,
            cursor: after?.parameter(as: .unixSeconds),
            into: "after",
            items: { $0.things?.value ?? [] },
            next: { $0.next?.value?.parameter(as: .unixSeconds) }
        )
        guard let stubHandlers else { return pages }
        return pages.stubbed(stubHandlers.stub.byDate) { (closure) throws(Failure) in
            try await closure(after)
        }
    }
}

nonisolated extension CallsAPI {
    /// The closures of a stub, one for each operation.
    struct Stub: Sendable {
        /// The closure of `styles`.
        var styles:
            (
                @Sendable (
                    _ comma: [Colour]?,
                    _ space: [String],
                    _ pipe: [String]?,
                    _ brackets: [Int],
                    _ one: Int?,
                    _ window: Window?,
                    _ box: Styles.Box
                ) async throws(Failure) -> Void
            )?
        /// The closure of `login`.
        var login:
            (
                @Sendable (
                    _ user: String,
                    _ passWord: String?,
                    _ tag: [Colour],
                    _ at: Countersign.CalendarDay?,
                    _ since: Date
                ) async throws(Failure) -> Void
            )?
        /// The closure of `ping`.
        var ping: (@Sendable (_ note: String?) async throws(Failure) -> Void)?
        /// The closure of `hook`.
        var hook:
            (
                @Sendable (
                    _ url: String,
                    _ mode: Hook.Input.Mode,
                    _ rules: [Hook.Input.Rules],
                    _ delivery: Hook.Input.Delivery,
                    _ others: [String: Countersign.JSONValue]
                ) async throws(Failure) -> Void
            )?
        /// The closure of `upload`.
        var upload: (@Sendable (_ body: [UInt8]) async throws(Failure) -> Void)?
        /// The closure of `avatar`.
        var avatar: (@Sendable (_ id: String, _ body: [UInt8]) async throws(Failure) -> Void)?
        /// The closure of `start`.
        var start: (@Sendable (_ request: String, _ stubHandlers: String?) async throws(Failure) -> Start.Output)?
        /// The closure of `maybe`.
        var maybe: (@Sendable () async throws(Failure) -> Thing?)?
        /// The closure of `maybeNull`.
        var maybeNull: (@Sendable () async throws(Failure) -> Thing?)?
        /// The closure of `same`.
        var same: (@Sendable () async throws(Failure) -> Thing)?
        /// The closure of `fetch`.
        var fetch: (@Sendable (_ ifNoneMatch: String?) async throws(Failure) -> Fetch.Output?)?
        /// The closure of `create`.
        var create: (@Sendable () async throws(Failure) -> Create.Output)?
        /// The closure of `both`.
        var both: (@Sendable () async throws(Failure) -> Both.Output)?
        /// The closure of `anything`.
        var anything: (@Sendable () async throws(Failure) -> Countersign.JSONValue)?
        /// The closure of `limited`.
        var limited: (@Sendable () async throws(Failure) -> Void)?
        /// The closure of `nothing`.
        var nothing: (@Sendable () async throws(Failure) -> Void)?
        /// The closure of `byCursor`, which returns all pages.
        var byCursor: (@Sendable (_ cursor: String?, _ size: Int?) async throws(Failure) -> [Page?])?
        /// The closure of `byLink`, which returns all pages.
        var byLink: (@Sendable (_ size: Int?, _ pages: Int?) async throws(Failure) -> [[Thing]])?
        /// The closure of `byHeadedLink`, which returns all pages.
        var byHeadedLink: (@Sendable () async throws(Failure) -> [ByHeadedLink.Output])?
        /// The closure of `byPage`, which returns all pages.
        var byPage: (@Sendable (_ pageNumber: Int?) async throws(Failure) -> [[Thing]])?
        /// The closure of `byPageFromZero`, which returns all pages.
        var byPageFromZero: (@Sendable (_ page: Int32) async throws(Failure) -> [ByPageFromZero.Output])?
        /// The closure of `byDate`, which returns all pages.
        var byDate: (@Sendable (_ after: Seconds?) async throws(Failure) -> [ByDate.Output])?
    }
}

// MARK: - Models

nonisolated extension CallsAPI {
    /// The declared errors of this client.
    enum Problem: Hashable, Sendable {
        case error429(Error429)
        case failed(Failed)
        case limitedError409(Limited.Error409)
    }

    struct Failed: Hashable, Sendable {
        var code: String
    }

    typealias Seconds = Date

    typealias Moment = Date

    enum Colour: RawRepresentable, Hashable, Sendable {
        case red
        case lightBlue
        /// A value that the schema does not list.
        case unrecognized(String)

        init(rawValue: String) {
            switch rawValue {
            case "red": self = .red
            case "light-blue": self = .lightBlue
            default: self = .unrecognized(rawValue)
            }
        }

        var rawValue: String {
            switch self {
            case .red: "red"
            case .lightBlue: "light-blue"
            case .unrecognized(let rawValue): rawValue
            }
        }
    }

    struct Thing: Hashable, Sendable {
        var id: Int
        var name: String?
    }

    struct Page: Hashable, Sendable {
        var things: [Thing]
        var next: String?
    }

    struct Window: Hashable, Sendable {
        var from: Countersign.CalendarDay?
        var colours: [Colour]?
        var until: Date
        fileprivate var _answer: String?

        @available(*, deprecated, message: "Say nothing.")
        var answer: String? {
            get { _answer }
            set { _answer = newValue }
        }

        init(from: Countersign.CalendarDay? = nil, colours: [Colour]? = nil, until: Date, answer: String? = nil) {
            self.from = from
            self.colours = colours
            self.until = until
            self._answer = answer
        }
    }

    enum Styles {
        struct Box: Hashable, Sendable {
            var wI: Int
            var tags: [String]
        }
    }

    enum Hook {
        struct Input {
            fileprivate let url: String
            fileprivate let mode: Hook.Input.Mode
            fileprivate let rules: [Hook.Input.Rules]
            fileprivate let delivery: Hook.Input.Delivery
            fileprivate let others: [String: Countersign.JSONValue]

            enum Mode: RawRepresentable, Hashable, Sendable {
                case push
                case pull
                /// A value that the schema does not list.
                case unrecognized(String)

                init(rawValue: String) {
                    switch rawValue {
                    case "push": self = .push
                    case "pull": self = .pull
                    default: self = .unrecognized(rawValue)
                    }
                }

                var rawValue: String {
                    switch self {
                    case .push: "push"
                    case .pull: "pull"
                    case .unrecognized(let rawValue): rawValue
                    }
                }
            }

            struct Rules: Hashable, Sendable {
                var match: String
            }

            struct Delivery: Hashable, Sendable {
                var maximum: Int?
            }
        }
    }

    enum Start {
        struct Output202: Hashable, Sendable {
            var ticket: String
        }

        fileprivate struct Input {
            let request: String
            let stubHandlers: String?
        }

        /// The result of `start`, by status.
        enum Output: Hashable, Sendable {
            /// The response with status 200.
            case ok(Thing)
            /// The response with status 202.
            case accepted(Start.Output202)
            /// The response with status 204.
            case noContent
        }
    }

    enum Both {
        /// The response with status 200: its header fields and body.
        struct Output200: Hashable, Sendable {
            var body: Both.Output200.Body
            var eTag: String

            struct Body: Hashable, Sendable {
                var a: Int
            }
        }

        /// The result of `both`, by status.
        enum Output: Hashable, Sendable {
            /// The response with status 200.
            case ok(Both.Output200)
            /// The response with status 203.
            case nonAuthoritativeInformation([Thing])
            /// The response with status 205.
            case resetContent(Both.Output205)
        }

        /// The response with status 205: its header fields.
        struct Output205: Hashable, Sendable {
            var xReset: Bool
        }
    }

    enum ByPageFromZero {
        struct Output: Hashable, Sendable {
            var things: [Thing]?
        }
    }

    enum ByDate {
        struct Output: Hashable, Sendable {
            var things: Countersign.Nullable<[Thing]>?
            var next: Countersign.Nullable<Seconds>?
        }
    }

    /// The response with status 429: its header fields and body.
    struct Error429: Hashable, Sendable {
        var body: Failed
        var retryAfter: Int
    }

    enum Fetch {
        /// The response with status 200: its header fields and body.
        struct Output: Hashable, Sendable {
            var body: Thing
            var eTag: String?
            var xTotal: Int
            var lastModified: Moment?
            var xLeft: Int = 7
        }
    }

    enum Create {
        /// The response with status 201: its header fields.
        struct Output: Hashable, Sendable {
            var location: URL
            var xColour: Colour?
        }
    }

    enum Limited {
        /// The response with status 409: its header fields and body.
        struct Error409: Hashable, Sendable {
            var body: Failed
            var retryAfter: Int?
            var xLeft: Int = 7
            var xAt: Moment?
        }
    }

    enum ByHeadedLink {
        /// The response with status 200: its header fields and body.
        struct Output: Hashable, Sendable {
            var body: Page
            var xTotal: Int?
        }
    }
}

nonisolated extension CallsAPI.Failed: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        code = try object.value("code")
    }
}

nonisolated extension CallsAPI.Colour: Countersign.APIScalar {}

nonisolated extension CallsAPI.Thing: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        id = try object.value("id")
        name = try object.optional("name")
    }
}

nonisolated extension CallsAPI.Page: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        things = try object.value("things")
        next = try object.optional("next")
    }
}

nonisolated extension CallsAPI.Window: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("from", from)
        json.field("colours", colours)
        json.field("until", until, as: .unixSeconds)
        json.field("answer", _answer)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Styles.Box: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("w i", wI)
        json.field("tags", tags)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Hook.Input.Mode: Countersign.APIScalar {}

nonisolated extension CallsAPI.Hook.Input: Countersign.JSONEncodable {
    private static let fieldNames: [String] = ["url", "mode", "rules", "delivery"]

    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("url", url)
        json.field("mode", mode)
        json.field("rules", rules)
        json.field("delivery", delivery)
        json.fields(others, except: Self.fieldNames)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Hook.Input.Rules: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("match", match)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Hook.Input.Delivery: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("maximum", maximum)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Start.Output202: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        ticket = try object.value("ticket")
    }
}

nonisolated extension CallsAPI.Both.Output200.Body: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        a = try object.value("a")
    }
}

nonisolated extension CallsAPI.Both.Output200: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        eTag = try response.header("ETag")
    }
}

nonisolated extension CallsAPI.ByPageFromZero.Output: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        things = try object.optional("things")
    }
}

nonisolated extension CallsAPI.ByDate.Output: Countersign.JSONDecodable {
    init(json: Countersign.JSONNode) throws(Countersign.JSONDecodingError) {
        var object = try json.object()
        things = try object.optionalNullable("things")
        next = try object.optionalNullable("next", as: .unixSeconds)
    }
}

nonisolated extension CallsAPI.Error429: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        retryAfter = try response.header("Retry-After")
    }
}

nonisolated extension CallsAPI.Start.Input: Countersign.JSONEncodable {
    func encode(to json: inout Countersign.JSONWriter) {
        json.beginObject()
        json.field("request", request)
        json.field("stubHandlers", stubHandlers)
        json.endObject()
    }
}

nonisolated extension CallsAPI.Fetch.Output: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        eTag = response.optionalHeader("ETag")
        xTotal = try response.header("X-Total")
        lastModified = response.optionalHeader("Last-Modified", as: .httpDate)
        xLeft = response.optionalHeader("X-Left") ?? 7
    }
}

nonisolated extension CallsAPI.Create.Output: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        location = try response.header("Location")
        xColour = response.optionalHeader("X-Colour")
    }
}

nonisolated extension CallsAPI.Both.Output205: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        xReset = try response.header("X-Reset")
    }
}

nonisolated extension CallsAPI.Limited.Error409: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        retryAfter = response.optionalHeader("Retry-After")
        xLeft = response.optionalHeader("X-Left") ?? 7
        xAt = response.optionalHeader("X-At", as: .httpDate)
    }
}

nonisolated extension CallsAPI.ByHeadedLink.Output: Countersign.ResponseDecodable {
    init(response: Countersign.HTTP.Response) throws {
        body = try response.json()
        xTotal = response.optionalHeader("X-Total")
    }
}

// MARK: - Operations

nonisolated extension CallsAPI {
    private static let definition = Countersign.APIDefinition(
        name: "CallsAPI",
        schemes: [
            .apiKey(query: "api_key"),
            .clientCredentials(.init(issuer: "https://login.example.com", dpop: .es256)),
        ],
        requirements: [.scheme(1), .scheme(0)],
        servers: ["https://upload.example.com/base"],
        timeout: .seconds(30)
    )

    private enum Operations {
        static let styles = Countersign.APIOperation<Void, Problem>(
            "styles",
            .get,
            "/styles",
            returns: [.empty(.successful)],
            errors: problems
        )
        static let login = Countersign.APIOperation<Void, Problem>(
            "login",
            .post,
            "/login",
            returns: [.empty(.successful)],
            errors: problems
        )
        static let ping = Countersign.APIOperation<Void, Problem>(
            "ping",
            .post,
            "/ping",
            returns: [.empty(.successful)],
            errors: problems
        )
        static let hook = Countersign.APIOperation<Void, Problem>(
            "hook",
            .post,
            "/hooks",
            returns: [.empty(.successful)],
            errors: problems
        )
        static let upload = Countersign.APIOperation<Void, Problem>(
            "upload",
            .put,
            "/files/1",
            returns: [.empty(201), .empty(204)],
            errors: problems
        )
        static let avatar = Countersign.APIOperation<Void, Problem>(
            "avatar",
            .put,
            "/avatars/{id}",
            requirement: 0,
            server: "https://upload.example.com/base",
            timeout: .seconds(300),
            returns: [.empty(.successful)],
            errors: problems
        )
        static let start = Countersign.APIOperation<Start.Output, Problem>(
            "start",
            .post,
            "/jobs",
            returns: [
                .json(200, Thing.self) { .ok($0) },
                .json(202, Start.Output202.self) { .accepted($0) },
                .empty(204, .noContent),
            ],
            errors: problems
        )
        static let maybe = Countersign.APIOperation<Thing?, Problem>(
            "maybe",
            .get,
            "/maybe",
            returns: [.json(200, Thing.self), .empty(204, nil)],
            errors: problems
        )
        static let maybeNull = Countersign.APIOperation<Thing?, Problem>(
            "maybeNull",
            .get,
            "/maybe-null",
            returns: [.json(200), .empty(204, nil)],
            errors: problems
        )
        static let same = Countersign.APIOperation<Thing, Problem>(
            "same",
            .post,
            "/same",
            returns: [.json(200), .json(201)],
            errors: problems
        )
        static let fetch = Countersign.APIOperation<Fetch.Output?, Problem>(
            "fetch",
            .get,
            "/fetch",
            returns: [.headed(200, Fetch.Output.self), .empty(304, nil)],
            errors: problems
        )
        static let create = Countersign.APIOperation<Create.Output, Problem>(
            "create",
            .post,
            "/create",
            returns: [.headed(201)],
            errors: problems
        )
        static let both = Countersign.APIOperation<Both.Output, Problem>(
            "both",
            .get,
            "/both",
            returns: [
                .headed(200, Both.Output200.self) { .ok($0) },
                .json(203, [Thing].self) { .nonAuthoritativeInformation($0) },
                .headed(205, Both.Output205.self) { .resetContent($0) },
            ],
            errors: problems
        )
        static let anything = Countersign.APIOperation<Countersign.JSONValue, Problem>(
            "anything",
            .get,
            "/anything",
            returns: [.json(.successful)],
            errors: problems
        )
        static let limited = Countersign.APIOperation<Void, Problem>(
            "limited",
            .get,
            "/limited",
            returns: [.empty(.successful)],
            errors: [
                .headed(409, Limited.Error409.self) { .limitedError409($0) },
                .headed(429, Error429.self) { .error429($0) },
                .json(.clientError, Failed.self) { .failed($0) },
                .json(.serverError, Failed.self) { .failed($0) },
            ]
        )
        static let nothing = Countersign.APIOperation<Void, Problem>(
            "nothing",
            .delete,
            "/nothing",
            returns: [.empty(.successful)],
            errors: problems
        )
        static let byCursor = Countersign.APIOperation<Page?, Problem>(
            "byCursor",
            .get,
            "/by-cursor",
            returns: [.json(200, Page.self), .empty(204, nil)],
            errors: problems
        )
        static let byLink = Countersign.APIOperation<[Thing], Problem>(
            "byLink",
            .get,
            "/by-link",
            requirement: 1,
            returns: [.json(.successful)],
            errors: problems
        )
        static let byHeadedLink = Countersign.APIOperation<ByHeadedLink.Output, Problem>(
            "byHeadedLink",
            .get,
            "/by-headed-link",
            returns: [.headed(200)],
            errors: problems
        )
        static let byPage = Countersign.APIOperation<[Thing], Problem>(
            "byPage",
            .get,
            "/by-page",
            returns: [.json(.successful)],
            errors: problems
        )
        static let byPageFromZero = Countersign.APIOperation<ByPageFromZero.Output, Problem>(
            "byPageFromZero",
            .get,
            "/by-zero",
            returns: [.json(.successful)],
            errors: problems
        )
        static let byDate = Countersign.APIOperation<ByDate.Output, Problem>(
            "byDate",
            .get,
            "/by-date",
            returns: [.json(.successful)],
            errors: problems
        )

        private static let problems: [Countersign.APIResponse<Problem>] = [
            .headed(429, Error429.self) { .error429($0) },
            .json(.clientError, Failed.self) { .failed($0) },
            .json(.serverError, Failed.self) { .failed($0) },
        ]
    }
}
