import Countersign
import CountersignTesting
import Testing

/// A client with scripted responses, and the requests that it sent.
struct CallsExchange {
    let transport: ScriptedTransport
    let client: CallsAPI

    init(_ responses: HTTP.Response...) {
        transport = ScriptedTransport()
        for response in responses { transport.enqueue(.response(response)) }
        client = CallsAPI(
            key: SecretValue("k&y"),
            worker: .secret(id: "worker", SecretValue("s3cret")),
            runtime: ModelsExchange.runtime(transport)
        )
    }

    /// Returns the only request.
    func request() throws -> HTTP.Request {
        #expect(transport.requests.count == 1)
        return try #require(transport.requests.first)
    }

    /// The paths and queries of all requests.
    var targets: [String] { transport.requests.map(\.url.target) }

    /// Returns the body of the only request as text.
    func body() throws -> String {
        String(decoding: try #require(request().body?.bytes), as: UTF8.self)
    }
}

extension HTTP.Response {
    static let noContent = HTTP.Response(status: 204)

    /// Creates a page with the list `[{"id": 1}, …]` and `Link` header fields.
    static func things(_ ids: Int..., link: String...) -> HTTP.Response {
        let list = ids.map { #"{"id": \#($0)}"# }.joined(separator: ", ")
        var response = HTTP.Response.json("[\(list)]")
        for value in link { response.fields.append(name: .link, value: value) }
        return response
    }
}
