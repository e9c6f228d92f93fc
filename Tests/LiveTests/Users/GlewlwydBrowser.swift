import Countersign
import CountersignOIDC
import Testing

/// A browser at glewlwyd, whose pages are JavaScript: what that would ask of the server is asked here.
struct GlewlwydBrowser: Browser {
    let transport: CurlTransport
    /// What says who it is; the administrator has one, too.
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
        // What its page adds when the user goes on.
        let response = try await open(url + "&g_continue=", cookie: cookie)
        return try #require(response.fields[.location], "\(response.status): no redirect")
    }

    func approve(_ device: DeviceAuthorization) async throws {
        let target = try await visit("\(device.verificationURI)?code=\(device.userCode)")
        try #require(target.contains("prompt=deviceComplete"))
    }
}

extension JSONValue {
    var bytes: [UInt8] {
        var json = JSONWriter()
        json.value(self)
        return json.bytes
    }
}
