import Countersign
import Foundation

/// A transport that prints requests and responses, without secrets.
struct LoggingTransport: HTTP.Transport {
    private let transport: any HTTP.Transport

    init(_ transport: any HTTP.Transport) {
        self.transport = transport
    }

    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        print("  → \(request.method.rawValue) \(request.url.string)")
        if let authorization = request.fields[.authorization] {
            let scheme = authorization.prefix { $0 != " " }
            print("      Authorization: \(scheme) <redacted>")
        }
        if let proof = request.fields[.dpop] { print("      DPoP: <proof of \(claims(of: proof))>") }
        if request.fields[.contentType] == "application/x-www-form-urlencoded", let body = request.body?.bytes {
            print("      \(redacted(form: body))")
        }
        let response = try await transport.send(request)
        print("  ← \(response.status.rawValue)\(summary(of: response))")
        for name in [HTTP.FieldName.wwwAuthenticate, .dpopNonce] {
            if let value = response.fields[name] { print("      \(name): \(value)") }
        }
        return response
    }

    /// Returns a form in which only the values of known parameters are visible.
    private func redacted(form: [UInt8]) -> String {
        let visible: Set<Substring> = ["grant_type", "scope", "resource", "audience", "client_id"]
        return String(decoding: form, as: UTF8.self).split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return visible.contains(name) ? String(pair) : "\(name)=<redacted>"
        }.joined(separator: "&")
    }

    /// Returns the claims of a proof, but not the proof: although it is valid for one request only, it is a credential.
    private func claims(of proof: String) -> String {
        let parts = proof.split(separator: ".")
        guard parts.count == 3, let payload = Self.decode(String(parts[1])),
            let claims = try? JSONValue(parsingJSON: payload)
        else { return "unreadable claims" }
        let parameters = [claims["htm"]?.string, claims["htu"]?.string].compactMap(\.self)
        let bindings = [("ath", "this token"), ("nonce", "the server's nonce")].filter { claims[$0.0] != nil }.map(\.1)
        return (parameters + bindings).joined(separator: ", ")
    }

    /// Returns the members of a token response except for the tokens.
    private func summary(of response: HTTP.Response) -> String {
        guard let root = try? JSONValue(parsingJSON: response.body), root["access_token"] != nil else { return "" }
        let members = ["token_type", "expires_in", "scope"].compactMap { name -> String? in
            root[name].map { "\(name) \($0.string ?? $0.description)" }
        }
        return ", access_token <redacted>, \(members.joined(separator: ", "))"
    }

    private static func decode(_ text: String) -> [UInt8]? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: base64 + padding).map(Array.init)
    }
}
