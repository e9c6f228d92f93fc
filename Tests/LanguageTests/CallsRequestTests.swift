import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Calls: requests")
struct CallsRequestTests {
    private let box = CallsAPI.Styles.Box(wI: 1, tags: ["a", "b]"])

    @Test("Each list style is encoded as in OpenAPI, and delimiters within values are percent-encoded")
    func styles() async throws {
        let exchange = CallsExchange(.noContent)
        try await exchange.client.styles(
            comma: [.red, .unrecognized("a,b")],
            space: ["a b", "c"],
            pipe: ["a|b", "ç"],
            brackets: [1, -2],
            one: 7,
            box: box
        )
        let target = try exchange.request().url.target
        let query = target.split(separator: "?")[1].split(separator: "&")
        #expect(target.hasPrefix("/v1/styles?"))
        #expect(
            query == [
                "comma=red,a%2Cb", "space=a%20b%20c", "pipe=a%7Cb%7C%C3%A7", "brackets%5B%5D=1", "brackets%5B%5D=-2",
                "one=7", "box%5Bw%20i%5D=1", "box%5Btags%5D=a", "box%5Btags%5D=b%5D",
            ]
        )
    }

    @Test("Missing and empty parameters are not in the query")
    func absent() async throws {
        let exchange = CallsExchange(.noContent)
        try await exchange.client.styles(comma: [], pipe: nil, brackets: [], box: .init(wI: 0, tags: []))
        #expect(try exchange.request().url.target == "/v1/styles?box%5Bw%20i%5D=0")
    }

    @Test("Each field of an object is a parameter, in the format of the field")
    func deepObject() async throws {
        let exchange = CallsExchange(.noContent)
        let window = CallsAPI.Window(
            from: CalendarDay(year: 2024, month: 2, day: 29),
            colours: [.lightBlue, .red],
            until: Date(timeIntervalSince1970: 1_700_000_000.9),
            answer: "& no"
        )
        try await exchange.client.styles(brackets: [], window: window, box: box)
        #expect(
            try exchange.request().url.target.hasPrefix(
                "/v1/styles?window%5Bfrom%5D=2024-02-29&window%5Bcolours%5D=light-blue&window%5Bcolours%5D=red"
                    + "&window%5Buntil%5D=1700000000&window%5Banswer%5D=%26%20no&box"
            )
        )
    }

    @Test("The optional fields of an object in the query can be omitted")
    func sparseDeepObject() async throws {
        let exchange = CallsExchange(.noContent)
        let window = CallsAPI.Window(until: Date(timeIntervalSince1970: 1))
        try await exchange.client.styles(brackets: [], window: window, box: .init(wI: 0, tags: []))
        #expect(try exchange.request().url.target == "/v1/styles?window%5Buntil%5D=1&box%5Bw%20i%5D=0")
        #expect(OrdersAPI.Search.Filter() == .init(colour: nil))
    }

    @Test("Callers can create the inline types of a body that is passed as parameters")
    func inlineTypesOfBody() async throws {
        let exchange = CallsExchange(.noContent)
        try await exchange.client.hook(
            url: "https://example.com",
            mode: .pull,
            rules: [.init(match: "a")],
            delivery: CallsAPI.Hook.Input.Delivery(maximum: 3),
            others: ["x": [1, nil]]
        )
        #expect(
            try exchange.body()
                == #"{"url":"https://example.com","mode":"pull","rules":[{"match":"a"}],"#
                + #""delivery":{"maximum":3},"x":[1,null]}"#
        )
    }

    @Test("Operations with names of Swift, and names without capital letters, can be called by their names")
    func callNames() async throws {
        let transport = ScriptedTransport(.response(.json(#"{"kind":"y"}"#)), .response(.json(#"{"名":{"x":1}}"#)))
        let client = CallNamesAPI(runtime: ModelsExchange.runtime(transport))
        let output: CallNamesAPI.SwiftCall.Output = try await client.swift(mode: .x)
        #expect(output.kind == .y)
        #expect(try await client.名前(名前: .x, 名: .x).名.x == 1)
        #expect(transport.requests.map(\.url.path) == ["/swift", "/names"])
    }

    @Test("A form has repeated fields for lists, and no missing fields")
    func form() async throws {
        let exchange = CallsExchange(.noContent)
        try await exchange.client.login(
            user: "anna & bob=ü+",
            tag: [.red, .lightBlue],
            since: Date(timeIntervalSince1970: 784_111_777)
        )
        #expect(
            try exchange.body()
                == "user=anna+%26+bob%3D%C3%BC%2B&tag=red&tag=light-blue&since=Sun%2C+06+Nov+1994+08%3A49%3A37+GMT"
        )
        let request = try exchange.request()
        #expect(request.fields.values(for: .contentType) == ["application/x-www-form-urlencoded"])
        #expect(request.method == .post)
    }

    @Test("A form without any fields is an empty form")
    func emptyForm() async throws {
        let exchange = CallsExchange(.noContent)
        try await exchange.client.ping()
        #expect(try exchange.body() == "")
        #expect(try exchange.request().fields[.contentType] == "application/x-www-form-urlencoded")
    }

    @Test(
        "Raw bytes are sent unchanged, with their media type",
        arguments: [[], [0x89, 0x00, 0xFF, 0x0A]] as [[UInt8]]
    )
    func raw(bytes: [UInt8]) async throws {
        let exchange = CallsExchange(HTTP.Response(status: 201, body: [0xFF]))
        try await exchange.client.upload(body: bytes)
        let request = try exchange.request()
        #expect(request.body?.bytes == bytes)
        #expect(request.fields.values(for: .contentType) == ["image/png"])
        #expect(request.url.string == "https://api.example.com/v1/files/1")
    }

    @Test("Calls have the timeout of the schema, and an option replaces it")
    func timeouts() async throws {
        let exchange = CallsExchange(.noContent, .noContent)
        try await exchange.client.nothing()
        try await exchange.client.options(.timeout(.seconds(3))).nothing()
        let timeouts = exchange.transport.requests.map(\.timeout)
        let (first, second) = (try #require(timeouts[0]), try #require(timeouts[1]))
        #expect(first <= .seconds(30) && first > .seconds(29))
        #expect(second <= .seconds(3) && second > .seconds(2))
    }

    @Test("An operation of the OrdersAPI sends its form to the server of the schema")
    func orders() async throws {
        let transport = ScriptedTransport(.response(.json("[]")), .response(.noContent), .response(.noContent))
        let orders = OrdersAPI(
            subscription: SecretValue("subscription"),
            worker: .secret(id: "worker", SecretValue("s")),
            runtime: ModelsExchange.runtime(transport)
        )
        try await orders.login(user: "anna", tag: ["a b"])
        #expect(transport.requests[0].url.string == "https://api.example.com/v1/login")
        #expect(transport.requests[0].body?.bytes == Array("user=anna&tag=a+b".utf8))
        #expect(!transport.requests[0].fields.contains(.authorization))
    }
}
