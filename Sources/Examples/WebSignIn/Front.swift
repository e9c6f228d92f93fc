import Countersign
import CountersignLoopback
import CountersignOIDC

/// What stands before the pages, whichever they are: addresses, headers, requests of other sites, and errors.
struct Front: Sendable {
    let site: Site
    /// The one address under which the site is known: cookies and redirects are for it alone.
    let origin: HTTP.Origin
    /// Where signing out leads.
    let issuer: HTTP.Origin
    /// Where the operator reads what failed.
    let log: @Sendable (String) -> Void

    func answer(_ request: LoopbackRequest) async -> HTTP.Response {
        switch (request.method, request.path) {
        case (.get, "/style.css"): return Self.asset(Style.sheet, type: "text/css; charset=utf-8")
        case (.get, "/icon.svg"): return Self.asset(Style.icon, type: "image/svg+xml")
        case (.get, _) where request.url.origin != origin:
            return HTTP.Response(status: 308, fields: [.location: "\(origin)\(request.target)"])
        case (.post, "/back-channel-logout"): break
        case (.post, _) where request.isFromAnotherSite: return response(to: .page(.forged))
        default: break
        }
        do {
            return response(to: try await site.answer(request))
        } catch {
            // The visitor learns that something failed, the log what: the error's text holds no secret.
            log("\(request.method) \(request.path): \(error)")
            // OpenID Connect Back-Channel Logout section 2.8.
            if request.path == "/back-channel-logout" { return response(to: .refused) }
            return response(to: .page(Self.page(for: error, in: request)))
        }
    }

    private static func page(for error: any Error, in request: LoopbackRequest) -> Page {
        guard let error = error as? SignInError, !error.isTransient else { return .unavailable }
        return switch error.kind {
        case .denied: .notSignedIn("You chose not to sign in, or your identity provider did not let you.")
        case .configuration, .metadata, .token: .unavailable
        case .returnTo: .notSignedIn("The link that brought you here would have led away from this site.")
        case .stateMismatch where request.method == .post: .forged
        default: .notSignedIn("The answer was too late, or not meant for this browser. Nothing has happened.")
        }
    }

    private func response(to answer: Answer) -> HTTP.Response {
        var fields: HTTP.Fields = [
            .cacheControl: "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            // No script runs here. A form leads to this site, and from signing out on to the authorization server.
            "Content-Security-Policy": """
            default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' \(issuer); base-uri 'none'; \
            frame-ancestors 'none'
            """,
        ]
        for cookie in answer.setCookies { fields.append(name: .setCookie, value: cookie) }
        switch answer.content {
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
