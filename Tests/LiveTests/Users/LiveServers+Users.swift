import Countersign
import CountersignOIDC
import Testing

extension LiveServers {
    /// Returns a client that signs users in with the configuration of `UserGreetingAPI`, at the issuer of its credentials.
    func client(
        _ credentials: ClientCredentials,
        runtime: CountersignRuntime,
        _ change: (inout SignInConfiguration) -> Void = { _ in }
    ) -> OIDCClient {
        var configuration = UserGreetingAPI.signIn
        configuration.redirectURI = redirectURI
        change(&configuration)
        return OIDCClient(configuration, credentials: credentials, runtime: runtime)
    }

    /// Returns a browser whose user is signed in at glewlwyd.
    func browser() async throws -> any Browser {
        try await GlewlwydBrowser(user, at: authorizationServer)
    }

    /// Returns a browser whose user is signed in at django-oauth-toolkit.
    func toolkitBrowser() async throws -> any Browser {
        try await ToolkitBrowser(user, at: try #require(toolkit).issuer)
    }

    /// Returns the credentials of a client of django-oauth-toolkit.
    func toolkitClient(_ name: String) throws -> ClientCredentials {
        let toolkit = try #require(toolkit)
        guard let client = toolkit.clients[name] else { throw Missing("client \(name) of django-oauth-toolkit") }
        let credentials: ClientCredentials =
            client.secret.map { .secret(id: name, SecretValue($0)) } ?? .publicClient(id: name)
        return credentials.issuer(toolkit.issuer)
    }

    /// Lets the issuer `rotating` sign with its other key, and publish only that key.
    func rotateKeys() async throws {
        let cookie = try await GlewlwydBrowser(administrator, at: authorizationServer).cookie
        let address = try HTTP.URL("\(authorizationServer)/api/mod/plugin/rotating")
        let known = try await CurlTransport.shared.send(HTTP.Request(url: address, fields: ["Cookie": cookie]))
        guard case .object(var plugin) = try JSONValue(parsingJSON: known.body),
            case .object(var parameters) = plugin["parameters"],
            let next = rotatingKeySets.first(where: { parameters["jwks-private"] != .string($0) })
        else { throw Missing("second key of the issuer rotating") }
        parameters["jwks-private"] = .string(next)
        plugin["parameters"] = .object(parameters)
        let requests = [(address, JSONValue.object(plugin)), (try HTTP.URL("\(address.string)/reset"), JSONValue.null)]
        for (url, body) in requests {
            let response = try await CurlTransport.shared.send(
                HTTP.Request(
                    method: .put,
                    url: url,
                    fields: ["Cookie": cookie, .contentType: "application/json"],
                    body: .bytes(body.bytes)
                )
            )
            try #require(response.status == 200)
        }
    }
}

extension OIDCClient {
    /// Signs the user of a browser in and returns the session.
    func session(
        with browser: any Browser,
        in store: any TokenStore = MemoryTokenStore(),
        id: String = "session"
    ) async throws -> UserSession {
        try await session(for: signIn(with: browser), in: store, id: id)
    }
}
