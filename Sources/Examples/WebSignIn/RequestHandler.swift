import Countersign
import CountersignLoopback
import CountersignOIDC

/// The handler of all requests: static files, canonical address, requests from other sites, security headers and errors.
struct RequestHandler: Sendable {
    let site: NotesSite
    /// The origin that the program listens at; a proxy with another one may be in front of it.
    let listener: HTTP.Origin
    /// The only origin of the site: cookies and redirect URIs are valid for it alone.
    let origin: HTTP.Origin
    /// The origin of the authorization server, to which the sign-out form leads.
    let issuer: HTTP.Origin
    /// Writes a line to the operator's log.
    let log: @Sendable (String) -> Void

    func response(to request: LoopbackRequest) async -> HTTP.Response {
        switch (request.method, request.path) {
        case (.get, "/style.css"): return Self.asset(Style.sheet, type: "text/css; charset=utf-8")
        case (.get, "/icon.svg"): return Self.asset(Style.icon, type: "image/svg+xml")
        case (.get, _) where request.url.origin != listener:
            return HTTP.Response(status: 308, fields: [.location: "\(origin)\(request.target)"])
        case (.post, "/back-channel-logout"): break
        case (.post, _) where request.isFromAnotherSite(than: origin): return response(.page(.rejectedForm))
        default: break
        }
        do {
            return response(try await site.response(to: request))
        } catch {
            // The log gets the error, whose description contains no secret; the user gets a page without details.
            log("\(request.method) \(request.path): \(error)")
            // OpenID Connect Back-Channel Logout section 2.8.
            if request.path == "/back-channel-logout" { return response(.badRequest) }
            return response(.page(Self.page(for: error, in: request)))
        }
    }

    private static func page(for error: any Error, in request: LoopbackRequest) -> Page {
        guard let error = error as? SignInError, !error.isTransient else { return .unavailable }
        return switch error.kind {
        case .denied: .notSignedIn("You canceled the sign-in, or your identity provider denied it.")
        case .configuration, .metadata, .tokenError: .unavailable
        case .invalidReturnTo: .notSignedIn("The link contained an invalid address.")
        case .stateMismatch where request.method == .post: .rejectedForm
        default: .notSignedIn("The sign-in expired, or was started in another browser.")
        }
    }

    private func response(_ response: SiteResponse) -> HTTP.Response {
        var fields: HTTP.Fields = [
            .cacheControl: "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            // The pages have no scripts. The sign-out form is redirected to the authorization server.
            "Content-Security-Policy": """
            default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' \(issuer); base-uri 'none'; \
            frame-ancestors 'none'
            """,
        ]
        for cookie in response.setCookies { fields.append(name: .setCookie, value: cookie) }
        switch response.content {
        case .page(let page):
            fields[.contentType] = "text/html; charset=utf-8"
            return HTTP.Response(status: page.status, fields: fields, body: Array(page.html.description.utf8))
        case .redirect(let location):
            fields[.location] = location
            return HTTP.Response(status: 303, fields: fields)
        case .empty(let status):
            return HTTP.Response(status: status, fields: fields)
        }
    }

    private static func asset(_ text: StaticString, type: String) -> HTTP.Response {
        HTTP.Response(
            status: 200,
            fields: [.contentType: type, .cacheControl: "max-age=300", "X-Content-Type-Options": "nosniff"],
            body: Array("\(text)".utf8)
        )
    }
}
