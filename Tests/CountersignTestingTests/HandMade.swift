import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation

/// Proofs, assertions and requests assembled as text, independent of the code under test.
enum HandMade {
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(base64URL text: String) -> [UInt8] {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        return Array(Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)) ?? Data())
    }

    static func token(header: String, claims: String, key: SigningKey) throws -> String {
        let input = base64URL(header.utf8) + "." + base64URL(claims.utf8)
        return try input + "." + base64URL(key.sign(Array(input.utf8)))
    }

    static func jwk(_ key: SigningKey, extra: String = "") -> String {
        guard case .ec(let curve, let x, let y) = key.publicKey.components else { return "null" }
        return #"{"kty":"EC","crv":"\#(curve.rawValue)","x":"\#(base64URL(x))","y":"\#(base64URL(y))"\#(extra)}"#
    }

    static func digest(_ text: String) -> String {
        base64URL(SHA2.sha256(text.utf8))
    }

    /// Returns the thumbprint of an ES256 key (RFC 7638 section 3).
    static func thumbprint(_ key: SigningKey) -> String {
        guard case .ec(_, let x, let y) = key.publicKey.components else { return "" }
        return digest(#"{"crv":"P-256","kty":"EC","x":"\#(base64URL(x))","y":"\#(base64URL(y))"}"#)
    }

    /// A valid proof, of which tests change single members.
    struct Proof {
        var key: SigningKey
        var typ = #""dpop+jwt""#
        var alg = #""ES256""#
        var jwk: String?
        var jti: String? = #""\#(UUID().uuidString)""#
        var htm: String? = #""POST""#
        var htu: String?
        var iat: String?
        var nonce: String?
        var ath: String?
        var moreHeader = ""

        func compact() throws -> String {
            let members: [(String, String?)] = [
                ("jti", jti), ("htm", htm), ("htu", htu), ("iat", iat), ("nonce", nonce), ("ath", ath),
            ]
            let claims = members.compactMap { name, value in value.map { #""\#(name)":\#($0)"# } }.joined(
                separator: ","
            )
            return try HandMade.token(
                header: #"{"typ":\#(typ),"alg":\#(alg),"jwk":\#(jwk ?? HandMade.jwk(key))\#(moreHeader)}"#,
                claims: "{\(claims)}",
                key: key
            )
        }
    }

    static func form(_ url: String, _ body: String, fields: HTTP.Fields = [:]) throws -> HTTP.Request {
        var request = HTTP.Request(
            method: .post,
            url: try HTTP.URL(url),
            fields: ["Content-Type": "application/x-www-form-urlencoded"],
            body: .bytes(Array(body.utf8))
        )
        for field in fields { request.fields.append(field) }
        return request
    }

    static func basic(_ id: String, _ secret: String) -> String {
        "Basic " + Data("\(id):\(secret)".utf8).base64EncodedString()
    }
}

extension HTTP.Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// Returns a member of the JSON object in the body.
    func member(_ name: String) throws -> JSONNode? {
        try JSONDocument(parsing: body).root[name]
    }
}
