import Countersign
import Foundation
import Synchronization
import Testing

/// Sends through libcurl, and keeps what was sent and answered.
final class RecordingTransport: HTTP.Transport {
    struct Exchange: Sendable {
        var request: HTTP.Request
        var status: HTTP.Status
        var fields: HTTP.Fields
        var body: [UInt8]

        /// The `error` of the answer.
        var oauthError: String? { try? JSONDocument(parsing: body).root["error"]?.string }

        /// The claims of the request's proof.
        var proof: [String: JSONValue]? {
            get throws { try request.fields[.dpop].map(claims(ofToken:)) }
        }

        /// The form that a token request carried.
        var form: [String: String] {
            let body = String(decoding: request.body?.bytes ?? [], as: UTF8.self)
            let pairs = body.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }, uniquingKeysWith: { first, _ in first })
        }
    }

    private let transport: CurlTransport
    private let recorded = Mutex<[Exchange]>([])

    init(_ configuration: CurlTransport.Configuration = .init()) {
        transport = CurlTransport(configuration)
    }

    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        let response = try await transport.send(request)
        let exchange = Exchange(
            request: request,
            status: response.status,
            fields: response.fields,
            body: response.body
        )
        recorded.withLock { $0.append(exchange) }
        return response
    }

    /// The exchanges with URLs that end like this, in the order of their answers.
    func exchanges(at ending: String) -> [Exchange] {
        recorded.withLock { $0.filter { $0.request.url.withoutQuery.hasSuffix(ending) } }
    }

    /// The statuses of the answers from there.
    func statuses(at ending: String) -> [Int] {
        exchanges(at: ending).map(\.status.rawValue)
    }
}

extension Runtime {
    /// A runtime of a test's own, which shares nothing with those of other tests.
    static func recording(
        _ transport: RecordingTransport,
        _ change: (inout Configuration) -> Void = { _ in }
    ) -> Runtime {
        var configuration = Configuration()
        configuration.transport = transport
        change(&configuration)
        return Runtime(configuration)
    }
}

/// The claims of a JSON Web Token, its signature unchecked.
func claims(ofToken token: String) throws -> [String: JSONValue] {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    let payload = try #require(parts.count == 3 ? base64URL(parts[1]) : nil, "not a JSON Web Token")
    guard case .object(let claims) = try JSONValue(json: JSONDocument(parsing: payload).root) else { return [:] }
    return claims
}

/// Decoded by Foundation, not by the runtime whose tokens are looked at.
private func base64URL(_ text: Substring) -> [UInt8]? {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)).map(Array.init)
}
