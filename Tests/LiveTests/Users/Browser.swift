import Countersign
import CountersignOIDC
import Testing

/// A browser whose user has signed in at an authorization server: as much of one as the server asks for.
protocol Browser: Sendable {
    var transport: CurlTransport { get }

    /// Goes where an authorization request says, agrees to everything, and tells where the server sends it then.
    func visit(_ url: String) async throws -> String

    /// Types the code that a device shows, and approves.
    func approve(_ device: DeviceAuthorization) async throws
}

extension Browser {
    /// Goes to a page, without following its redirect.
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
    /// The cookie that the answer sets: its name and value.
    func cookie() throws -> String {
        String(try #require(fields["Set-Cookie"]?.split(separator: ";").first))
    }
}

extension OIDCClient {
    /// Signs the user of a browser in.
    func signIn(
        with browser: any Browser,
        _ change: (String) -> String = { $0 }
    ) async throws -> SignInResult {
        let request = try await authorizationRequest()
        return try await complete(request.transaction, callback: .url(change(browser.visit(request.url))))
    }
}
