import Countersign
import CountersignOIDC
import Testing

/// A browser at django-oauth-toolkit, whose pages are forms.
struct ToolkitBrowser: Browser {
    private let server: String
    private let cookie: String

    init(_ user: LiveServers.User, at server: String) async throws {
        self.server = server
        let form = [(name: "name", value: user.name), (name: "password", value: user.password)]
        cookie = try await Self.send("\(server)/sign-in", form).cookie()
    }

    func visit(_ url: String) async throws -> String {
        try await target(of: open(url, cookie: cookie))
    }

    func approve(_ device: DeviceAuthorization) async throws {
        let question = try await target(
            of: open(device.verificationURI, cookie: cookie, posting: [("user_code", device.userCode)])
        )
        _ = try await target(of: open(server + question, cookie: cookie, posting: [("action", "accept")]))
    }

    private func target(of response: HTTPResponse) throws -> String {
        try #require(response.fields[.location], "\(response.status): no redirect")
    }

    private static func send(_ url: String, _ form: [(name: String, value: String)]) async throws -> HTTPResponse {
        try await CurlTransport.shared.send(
            HTTPRequest(
                method: .post,
                url: HTTPURL(url),
                fields: [.contentType: "application/x-www-form-urlencoded"],
                body: .bytes(FormURLEncoded.encode(form))
            )
        )
    }
}
