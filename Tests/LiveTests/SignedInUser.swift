@testable import Countersign
import Testing

/// A token source that signs a user in at glewlwyd whenever it needs a token, by the code flow without a browser.
actor SignedInUser: TokenSource {
    private let servers: LiveServers
    private let server: String
    private let issuer: String
    private let clientID: String
    private let key: DPoPKey?
    private let transport: CurlTransport
    private var token: AccessToken?
    private(set) var signIns = 0

    /// - Parameters:
    ///   - servers: The live servers.
    ///   - server: The URL of the authorization server.
    ///   - issuer: The name of one of its issuers.
    ///   - clientID: The client.
    ///   - key: The key to bind the tokens to.
    ///   - transport: The transport of all requests.
    init(
        of servers: LiveServers,
        at server: String,
        issuer: String,
        clientID: String,
        key: DPoPKey? = nil,
        transport: CurlTransport = .shared
    ) {
        self.servers = servers
        self.server = server
        self.issuer = "\(server)/api/\(issuer)"
        self.clientID = clientID
        self.key = key
        self.transport = transport
    }

    func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        if let token, request.rejectedToken == nil, !request.forceRenewal { return token }
        signIns += 1
        let signedIn = try await signIn()
        token = signedIn
        return signedIn
    }

    private func signIn() async throws -> AccessToken {
        let browser = try await GlewlwydBrowser(servers.user, at: server, transport: transport)
        let query = FormURLEncoded.encode([
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", servers.redirectURI),
            ("scope", "openid profile"), ("state", "state"), ("nonce", "nonce"),
        ])
        let location = try await browser.visit("\(issuer)/auth?" + String(decoding: query, as: UTF8.self))
        let code = try #require(location.split(whereSeparator: { "?&".contains($0) }).first { $0.hasPrefix("code=") })
        return try await redeem(String(code.dropFirst("code=".count)))
    }

    private func redeem(_ code: String) async throws -> AccessToken {
        let secret = try #require(try servers.client(clientID).secret)
        var request = HTTP.Request(method: .post, url: try HTTP.URL("\(issuer)/token"))
        request.body = .bytes(
            FormURLEncoded.encode([
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", servers.redirectURI),
            ])
        )
        request.fields = [
            .contentType: FormURLEncoded.mediaType,
            .authorization: try BasicCredentials(user: clientID, password: SecretValue(secret)).authorization(),
        ]
        var response = try await send(request, nonce: nil)
        if let nonce = response.fields[.dpopNonce], response.status == 400 {
            response = try await send(request, nonce: nonce)
        }
        try #require(response.status == 200)
        return try TokenEndpointResponse(response, boundTo: key).accessToken
    }

    private func send(_ request: HTTP.Request, nonce: String?) async throws -> HTTP.Response {
        var request = request
        let proof = DPoPProof(
            method: request.method,
            url: request.url,
            issuedAt: SystemClock().unixTime(),
            nonce: nonce
        )
        request.fields[.dpop] = try key.map { key in try proof.signed(with: key) }
        return try await transport.send(request)
    }
}

extension LiveServers {
    /// Revokes a token (RFC 7009).
    func revoke(_ token: AccessToken, of clientID: String, at issuer: String = "oidc") async throws {
        let secret = try #require(try client(clientID).secret)
        let client = APIClient(
            server: self.issuer(issuer),
            authorization: .basic(BasicCredentials(user: clientID, password: SecretValue(secret)))
        )
        let response = try await client.send(
            .post,
            "/revoke",
            fields: [.contentType: "application/x-www-form-urlencoded"],
            body: .bytes(Array("token_type_hint=access_token&token=\(token.value)".utf8))
        )
        try #require(response.status == 200)
    }
}
