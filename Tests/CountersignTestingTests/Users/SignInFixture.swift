import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

/// A server with a web client and a native client, and hand-made requests of users.
struct SignInFixture {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    /// The challenge of the verifier, from RFC 7636 appendix B.
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let webBasic: HTTP.Fields = ["Authorization": HandMade.basic("web", "s3cret")]

    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let ada = FakeUser(
        subject: "u1",
        name: "Ada",
        email: "ada@example.com",
        claims: ["role": "admin"]
    )

    init() {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "profile", "email", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://app.example/callback", "https://app.example/cb?tenant=1"],
                postLogoutRedirectURIs: ["https://app.example/bye"]
            )
        )
        server.register(
            .init(
                id: "native",
                authentication: .none,
                scopes: ["openid", "notes.read"],
                grantTypes: [.authorizationCode, .refreshToken, .deviceCode],
                redirectURIs: ["http://127.0.0.1/callback", "com.example.app:/cb"]
            )
        )
        server.register(ada)
    }

    static func encode(_ pairs: KeyValuePairs<String, String>) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return pairs.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
    }

    // MARK: Requests

    /// Returns the web client's request with parameters changed, added (new names) or removed (nil).
    func webRequest(_ changes: [String: String?] = [:]) -> String {
        var parameters: [String: String] = [
            "response_type": "code", "client_id": "web", "redirect_uri": "https://app.example/callback",
            "scope": "openid profile notes.read", "state": "st", "nonce": "no",
            "code_challenge": Self.challenge, "code_challenge_method": "S256",
        ]
        for (name, value) in changes { parameters[name] = value }
        return parameters.sorted { $0.key < $1.key }.map { Self.encode([$0.key: $0.value]) }.joined(separator: "&")
    }

    func webURL(_ changes: [String: String?] = [:]) -> String {
        server.url(of: .authorization) + "?" + webRequest(changes)
    }

    func nativeURL(_ changes: [String: String?] = [:]) -> String {
        webURL(
            ["client_id": "native", "redirect_uri": "http://127.0.0.1:49152/callback", "scope": "openid notes.read"]
                .merging(changes) { $1 }
        )
    }

    func token(_ form: KeyValuePairs<String, String>, fields: HTTP.Fields = webBasic) async throws -> HTTP.Response {
        try await server.send(HandMade.form(server.url(of: .token), Self.encode(form), fields: fields))
    }

    func redeem(_ code: String, fields: HTTP.Fields = webBasic) async throws -> HTTP.Response {
        try await token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/callback",
                "code_verifier": Self.verifier,
            ],
            fields: fields
        )
    }

    func refresh(_ token: String, fields: HTTP.Fields = webBasic) async throws -> HTTP.Response {
        try await self.token(["grant_type": "refresh_token", "refresh_token": token], fields: fields)
    }

    /// Signs a user in at the web client and returns the token response.
    func signIn(_ changes: [String: String?] = [:]) async throws -> HTTP.Response {
        let redirect = try await server.approve(authorizationURL: webURL(changes), as: ada)
        return try await redeem(try #require(redirect.code))
    }

    func proof(_ key: SigningKey, url: String? = nil, nonce: String? = nil) throws -> String {
        let seconds = Int(clock.date().timeIntervalSince1970)
        var proof = HandMade.Proof(key: key, htu: "\"\(url ?? server.url(of: .token))\"", iat: "\(seconds)")
        proof.nonce = nonce.map { "\"\($0)\"" }
        return try proof.compact()
    }

    // MARK: Checks

    func isActive(_ token: String) async throws -> Bool {
        let request = try HandMade.form(server.url(of: .introspection), "token=\(token)", fields: Self.webBasic)
        return try await server.send(request).member("active")?.bool ?? false
    }

    func get(_ url: String, fields: HTTP.Fields = [:]) async throws -> HTTP.Response {
        try await server.send(HTTP.Request(url: HTTP.URL(url), fields: fields))
    }
}

extension HTTP.Response {
    /// Returns a member of the JSON object in the body that must be text.
    func text(_ name: String) throws -> String {
        try #require(try member(name)?.string, "\(name) in \(text)")
    }

    /// The code of an OAuth error.
    var error: String? { get throws { try member("error")?.string } }
}

/// A JWT parsed independently of the code under test.
struct ParsedToken {
    let parts: [String]
    let header: JSONNode
    let claims: JSONNode

    init(_ compact: String) throws {
        parts = compact.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        header = try JSONDocument(parsing: HandMade.decode(base64URL: parts[0])).root
        claims = try JSONDocument(parsing: HandMade.decode(base64URL: parts[1])).root
    }

    /// Verifies the signature with the key of a JWK set that has the token's `kid`.
    func isSigned(byOneOf keys: HTTP.Response) throws -> Bool {
        let key = try keys.member("keys")?.elements.first { $0["kid"]?.string == header["kid"]?.string }
        guard let key, let name = header["alg"]?.string, key["alg"]?.string == name,
            let algorithm = SignatureAlgorithm(rawValue: name)
        else { return false }
        func bytes(_ name: String) -> [UInt8] { HandMade.decode(base64URL: key[name]?.string ?? "") }
        let components: KeyComponents =
            switch key["kty"]?.string {
            case "RSA": .rsa(n: bytes("n"), e: bytes("e"))
            case "OKP": .okp(x: bytes("x"))
            default: .ec(curve: .p256, x: bytes("x"), y: bytes("y"))
            }
        return try VerificationKey(components).isValid(
            signature: HandMade.decode(base64URL: parts[2]),
            for: Array((parts[0] + "." + parts[1]).utf8),
            algorithm: algorithm
        )
    }
}
