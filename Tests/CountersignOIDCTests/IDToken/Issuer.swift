import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import CountersignOIDC
import CountersignTesting
import Foundation

/// An issuer that publishes metadata and keys, while the test signs the tokens.
final class Issuer: FakeHost {
    static let name = "https://issuer.example"
    static let clientID = "client"
    static let nonce = "n-0S6_WzA2Mj"
    static let accessToken = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
    static let now: Int64 = 1_750_000_000

    let origin = HTTP.Origin.issuer
    let clock = VirtualClock(date: Date(timeIntervalSince1970: Double(now)))
    private let published: Locked<(metadata: String, keys: String)>
    private let fetches = Locked(0)

    init(keys: [JSONWebKey], algorithms: [String]? = nil) {
        published = Locked((Self.metadata(algorithms), JSONWebKeySet(keys).json))
    }

    /// The number of requests for the keys.
    var keyFetches: Int { fetches.withLock { $0 } }

    func publish(_ keys: String) {
        published.withLock { $0.keys = keys }
    }

    private static func metadata(_ algorithms: [String]?) -> String {
        let list = algorithms.map { $0.map { "\"\($0)\"" }.joined(separator: ",") }
        let member = list.map { ",\"id_token_signing_alg_values_supported\":[\($0)]" } ?? ""
        return """
            {"issuer":"\(name)","token_endpoint":"\(name)/token","authorization_endpoint":"\(name)/authorize",\
            "end_session_endpoint":"\(name)/logout?tenant=1","jwks_uri":"\(name)/keys"\(member)}
            """
    }

    func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        let (metadata, keys) = published.withLock { ($0.metadata, $0.keys) }
        guard request.url.path == "/keys" else { return .json(metadata) }
        fetches.withLock { $0 += 1 }
        return .json(keys)
    }

    func client(_ change: (inout SignInConfiguration) -> Void = { _ in }) -> OIDCClient {
        var runtime = CountersignRuntime.Configuration()
        runtime.clock = clock
        runtime.transport = FakeNetwork(self)
        var configuration = SignInConfiguration(issuer: Self.name, clientID: Self.clientID, scopes: ["openid"])
        change(&configuration)
        return OIDCClient(configuration, runtime: CountersignRuntime(runtime))
    }

    /// The claims of a valid ID token.
    static let claims: [String: JSONValue] = [
        "iss": .string(name), "sub": "u1", "aud": .string(clientID), "nonce": .string(nonce),
        "iat": .int(now - 10), "exp": .int(now + 300),
    ]

    /// Signs a header and a payload, which need not be valid, as a token in compact form.
    static func sign(header: String, payload: String, with key: SigningKey) throws -> String {
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
        return input + "." + Base64URL.encode(try key.sign(Array(input.utf8)))
    }

    static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension HTTP.Origin {
    fileprivate static let issuer: HTTP.Origin = {
        guard let origin = try? HTTP.Origin(Issuer.name) else { preconditionFailure("the issuer is an origin") }
        return origin
    }()
}
