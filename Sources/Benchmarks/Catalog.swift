import Countersign

/// The API that the benchmarks call, and its responses.
enum Catalog {
    private static let item =
        #"{"id":"it_1","name":"Japanese pull saw","description":"A fine saw that cuts on the pull stroke, with a blade "#
        + #"that can be changed; for joints, for dowels, and for people with patience.","amount":4900,"available":true}"#

    /// Returns the body of the response to a request.
    static func responseBody(to target: String) -> String {
        switch target {
        case "/token/bearer": token("Bearer")
        case "/token/bound": token("DPoP")
        default: item
        }
    }

    private static func token(_ type: String) -> String {
        #"{"access_token":"\#(tokenValue)","token_type":"\#(type)","expires_in":3600}"#
    }

    /// A token with the length of a small JWT.
    private static let tokenValue = String(repeating: "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0", count: 12)

    static func client(at server: String, runtime: CountersignRuntime) -> CatalogAPI {
        let credentials = ClientCredentials.secret(id: "benchmarks", SecretValue("s3cret"))
        return CatalogAPI(
            main: credentials.tokenEndpoint(server + "/token/bearer"),
            bound: credentials.tokenEndpoint(server + "/token/bound"),
            server: server,
            runtime: runtime
        )
    }

    /// Returns a client with a transport that responds immediately.
    static func instantClient() -> CatalogAPI {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = InstantTransport()
        return client(at: "https://api.example", runtime: CountersignRuntime(configuration))
    }
}

/// A transport that responds immediately.
struct InstantTransport: HTTP.Transport {
    private let item = HTTP.Response(json: Catalog.responseBody(to: "/"))

    func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        let target = request.url.target
        return target.hasPrefix("/token") ? HTTP.Response(json: Catalog.responseBody(to: target)) : item
    }
}

extension HTTP.Response {
    init(json: String) {
        self.init(status: 200, fields: ["Content-Type": "application/json"], body: Array(json.utf8))
    }
}
