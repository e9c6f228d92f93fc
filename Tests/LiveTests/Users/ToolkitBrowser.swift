import Countersign
import CountersignOIDC
import Testing

/// A browser at django-oauth-toolkit that sends the forms of its pages.
struct ToolkitBrowser: Browser {
    private let server: String
    private let cookie: String

    let transport = CurlTransport.shared

    init(_ user: LiveServers.User, at server: String) async throws {
        self.server = server
        let form = FormURLEncoded.encode([("name", user.name), ("password", user.password)])
        let response = try await transport.send(
            HTTP.Request(
                method: .post,
                url: HTTP.URL("\(server)/sign-in"),
                fields: [.contentType: FormURLEncoded.mediaType],
                body: .bytes(form)
            )
        )
        cookie = try response.cookie()
    }

    func visit(_ url: String) async throws -> String {
        try await target(of: open(url, cookie: cookie))
    }

    func approve(_ device: DeviceAuthorization) async throws {
        let confirmation = try await target(
            of: open(device.verificationURI, cookie: cookie, posting: [("user_code", device.userCode)])
        )
        _ = try await target(of: open(server + confirmation, cookie: cookie, posting: [("action", "accept")]))
    }

    private func target(of response: HTTP.Response) throws -> String {
        try #require(response.fields[.location], "\(response.status): no redirect")
    }
}
