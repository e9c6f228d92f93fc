import Countersign
import CountersignOIDC
import Testing

/// A minimal browser whose user has signed in at an authorization server.
protocol Browser: Sendable {
    var transport: CurlTransport { get }

    /// Opens an authorization URL, approves the request, and returns the URL of the redirect.
    func visit(_ url: String) async throws -> String

    /// Enters the code of a device and approves the request.
    func approve(_ device: DeviceAuthorization) async throws
}

extension Browser {
    /// Sends a request without following redirects.
    func open(
        _ url: String,
        cookie: String? = nil,
        posting form: [(name: String, value: String)]? = nil
    ) async throws -> HTTP.Response {
        var request = HTTP.Request(method: form == nil ? .get : .post, url: try HTTP.URL(url))
        if let cookie { request.fields["Cookie"] = cookie }
        if let form {
            request.fields[.contentType] = FormURLEncoded.mediaType
            request.body = .bytes(FormURLEncoded.encode(form))
        }
        return try await transport.send(request)
    }
}

extension HTTP.Response {
    /// Returns name and value of the cookie that the response sets.
    func cookie() throws -> String {
        String(try #require(fields["Set-Cookie"]?.split(separator: ";").first))
    }
}

extension OIDCClient {
    /// Signs the user of a browser in, with a change to the URL of the authorization response.
    func signIn(
        with browser: any Browser,
        _ change: (String) -> String = { $0 }
    ) async throws -> SignInResult {
        let request = try await authorizationRequest()
        return try await complete(request.transaction, callback: .url(change(browser.visit(request.url))))
    }
}
