import Countersign
import CountersignOIDC
import Testing

/// A browser at glewlwyd that sends the requests of the JavaScript on glewlwyd's pages.
struct GlewlwydBrowser: Browser {
    let transport: CurlTransport
    /// The session cookie of the user or administrator.
    let cookie: String

    init(_ user: LiveServers.User, at server: String, transport: CurlTransport = .shared) async throws {
        self.transport = transport
        let login: JSONValue = .object(["username": .string(user.name), "password": .string(user.password)])
        let response = try await transport.send(
            HTTP.Request(
                method: .post,
                url: HTTP.URL("\(server)/api/auth"),
                fields: [.contentType: "application/json"],
                body: .bytes(login.bytes)
            )
        )
        cookie = try response.cookie()
    }

    func visit(_ url: String) async throws -> String {
        // The parameter that the page adds when the user continues.
        let response = try await open(url + "&g_continue=", cookie: cookie)
        return try #require(response.fields[.location], "\(response.status): no redirect")
    }

    func approve(_ device: DeviceAuthorization) async throws {
        let target = try await visit("\(device.verificationURI)?code=\(device.userCode)")
        try #require(target.contains("prompt=deviceComplete"))
    }
}

extension JSONValue {
    var bytes: [UInt8] { Array(description.utf8) }
}
