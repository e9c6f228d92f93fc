import Countersign
import CountersignLoopback
import CountersignOIDC
import ExampleServers

/// What stands before the pages, whichever they are: addresses, headers, requests of other sites, and errors.
struct Front: Sendable {
    let site: Site
    /// The one address under which the site is known: cookies and redirects are for it alone.
    let origin: HTTPOrigin
    /// Where signing out leads.
    let issuer: HTTPOrigin

    func answer(_ request: LoopbackRequest) async -> HTTPResponse {
        switch (request.method, request.path) {
        case (.get, "/style.css"): return Self.asset(Style.sheet, type: "text/css; charset=utf-8")
        case (.get, "/icon.svg"): return Self.asset(Style.icon, type: "image/svg+xml")
        case (.get, _) where request.url.origin != origin:
            return HTTPResponse(status: 308, fields: [.location: "\(origin)\(request.target)"])
        case (.post, _) where request.isFromAnotherSite: return response(to: .page(.forged))
        default: break
        }
        do {
            return response(to: try await site.answer(request))
        } catch {
            // The visitor learns that something failed, the log what: the error's text holds no secret.
            print("\(request.method) \(request.path): \(error)")
            flushOutput()
            return response(to: .page(Self.page(for: error)))
        }
    }

    private static func page(for error: any Error) -> Page {
        switch error {
        case is ForgedRequest: .forged
        case let error as SignInError where error.kind == .denied:
            .notSignedIn("You chose not to sign in, or your identity provider did not let you.")
        case let error as SignInError where !error.isTransient && error.kind != .metadata:
            .notSignedIn("The answer of your identity provider was too late, or not meant for this browser.")
        default: .unavailable
        }
    }

    private func response(to answer: Answer) -> HTTPResponse {
        var fields: HTTPFields = [
            .cacheControl: "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Opener-Policy": "same-origin",
            // No script runs here. A form leads to this site, and from signing out on to the authorization server.
            "Content-Security-Policy": """
                default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' \(issuer); base-uri 'none'; \
                frame-ancestors 'none'
                """,
        ]
        switch answer {
        case .page(let page):
            fields[.contentType] = "text/html; charset=utf-8"
            return HTTPResponse(status: page.status, fields: fields, body: Array(page.html.description.utf8))
        case .redirect(let redirect):
            fields[.location] = redirect.location
            for cookie in redirect.cookies { fields.append(name: .setCookie, value: cookie) }
            return HTTPResponse(status: 303, fields: fields)
        }
    }

    private static func asset(_ text: StaticString, type: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            fields: [.contentType: type, .cacheControl: "max-age=300", "X-Content-Type-Options": "nosniff"],
            body: Array("\(text)".utf8)
        )
    }
}
