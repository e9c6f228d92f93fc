import Countersign
import Foundation

/// Prints what goes over the wire, and leaves out what must not be seen.
struct NarratingTransport: HTTP.Transport {
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
            print("      \(shown(form: body))")
        }
        let response = try await transport.send(request)
        print("  ← \(response.status.rawValue)\(summary(of: response))")
        for name in [HTTP.FieldName.wwwAuthenticate, .dpopNonce] {
            if let value = response.fields[name] { print("      \(name): \(value)") }
        }
        return response
    }

    /// A form without the values that may be secret: of a name that is not known to be harmless, only the name is shown.
    private func shown(form: [UInt8]) -> String {
        let harmless: Set<Substring> = ["grant_type", "scope", "resource", "audience", "client_id"]
        return String(decoding: form, as: UTF8.self).split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return harmless.contains(name) ? String(pair) : "\(name)=<redacted>"
        }.joined(separator: "&")
    }

    /// What a proof says: it is good for one request only, but it is a credential all the same.
    private func claims(of proof: String) -> String {
        let parts = proof.split(separator: ".")
        guard parts.count == 3, let payload = Self.decode(String(parts[1])),
            let claims = try? JSONDocument(parsing: payload).root
        else { return "nothing readable" }
        return claims.members.compactMap { name, value in
            switch name.string {
            case "htm", "htu": value.string
            case "ath": "this token"
            case "nonce": "the server's nonce"
            default: nil
            }
        }.joined(separator: ", ")
    }

    /// What a token response says besides the token.
    private func summary(of response: HTTP.Response) -> String {
        guard let root = try? JSONDocument(parsing: response.body).root, root["access_token"] != nil else { return "" }
        let members = root.members.compactMap { name, value -> String? in
            guard let name = name.string, ["token_type", "expires_in", "scope"].contains(name) else { return nil }
            return "\(name) \(value.string ?? value.numberText ?? "")"
        }
        return ", access_token <redacted>, \(members.joined(separator: ", "))"
    }

    private static func decode(_ text: String) -> [UInt8]? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: base64 + padding).map(Array.init)
    }
}
