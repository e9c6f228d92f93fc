import Countersign
import Foundation
import Synchronization
import Testing

/// A transport that sends through libcurl and records requests and responses.
final class RecordingTransport: HTTP.Transport {
    struct Exchange: Sendable {
        var request: HTTP.Request
        var status: HTTP.Status
        var fields: HTTP.Fields
        var body: [UInt8]

        /// The `error` of the response.
        var oauthError: String? { try? JSONValue(parsingJSON: body)["error"]?.string }

        /// The claims of the proof in the request.
        var proof: JSONValue.Members? {
            get throws { try request.fields[.dpop].map(claims(ofToken:)) }
        }

        /// The form in the request.
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

    /// Returns the exchanges whose URLs have this suffix, in the order of the responses.
    func exchanges(at ending: String) -> [Exchange] {
        recorded.withLock { $0.filter { $0.request.url.withoutQuery.hasSuffix(ending) } }
    }

    /// Returns the statuses of the responses from URLs with this suffix.
    func statuses(at ending: String) -> [Int] {
        exchanges(at: ending).map(\.status.rawValue)
    }
}

/// Returns the claims of a JSON Web Token without verifying its signature.
func claims(ofToken token: String) throws -> JSONValue.Members {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    let payload = try #require(parts.count == 3 ? base64URL(parts[1]) : nil, "not a JSON Web Token")
    guard case .object(let claims) = try JSONValue(parsingJSON: payload) else { return [:] }
    return claims
}

/// Decodes base64url independently of the runtime under test.
private func base64URL(_ text: Substring) -> [UInt8]? {
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)).map(Array.init)
}
