import Countersign
import CountersignTesting
import Foundation

/// A small web framework for the samples of the articles.
final class SmallSite: Sendable {
    struct Request: Sendable {
        var cookies: String?
        var query = ""
        var form: [String: String] = [:]
        var authorization: String?

        func query(_ name: String) -> String? {
            URLComponents(string: "?" + query)?.queryItems?.first { $0.name == name }?.value
        }

        func form(_ name: String) -> String? { form[name] }

        var bearerToken: String? {
            authorization.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
        }
    }

    struct Response: Sendable {
        var status = 200
        var location: String?
        var setCookies: [String] = []
        var text = ""
        var csrf: String?
        var challenge: String?

        static func redirect(to location: String, setCookie: String? = nil) -> Response {
            redirect(to: location, setCookies: setCookie.map { [$0] } ?? [])
        }

        static func redirect(to location: String, setCookies: [String]) -> Response {
            Response(status: 303, location: location, setCookies: setCookies)
        }

        static func page(_ content: Any, csrf: String? = nil, setCookie: String? = nil) -> Response {
            Response(setCookies: setCookie.map { [$0] } ?? [], text: "\(content)", csrf: csrf)
        }

        static func status(_ status: Int, setCookie: String? = nil, challenge: String? = nil) -> Response {
            Response(status: status, setCookies: setCookie.map { [$0] } ?? [], challenge: challenge)
        }
    }

    typealias Handler = @Sendable (Request) async throws -> Response

    private let routes = Locked<[String: Handler]>([:])

    func get(_ path: String, handler: @escaping Handler) { routes.withLock { $0["GET " + path] = handler } }
    func post(_ path: String, handler: @escaping Handler) { routes.withLock { $0["POST " + path] = handler } }

    func handle(_ method: String, _ target: String, _ request: Request) async throws -> Response {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        guard let handler = routes.withLock({ $0["\(method) \(parts[0])"] }) else { return .status(404) }
        var request = request
        if parts.count > 1 { request.query = parts[1] }
        return try await handler(request)
    }
}

/// A browser that keeps cookies until they expire.
struct ArticleBrowser {
    private struct Cookie {
        var value: String
        var expiry: Duration
    }

    let site: SmallSite
    let clock: VirtualClock
    /// False simulates a site that does not send its cookies.
    var takesCookies = true
    private var jar: [String: Cookie] = [:]

    init(at site: SmallSite, _ clock: VirtualClock) {
        self.site = site
        self.clock = clock
    }

    func has(_ cookie: String) -> Bool { jar[cookie] != nil }

    mutating func get(_ target: String) async throws -> SmallSite.Response { try await send("GET", target) }

    mutating func post(_ target: String, _ form: [String: String] = [:]) async throws -> SmallSite.Response {
        try await send("POST", target, form)
    }

    private mutating func send(
        _ method: String,
        _ target: String,
        _ form: [String: String] = [:]
    ) async throws -> SmallSite.Response {
        let now = clock.unixTime()
        jar = jar.filter { $0.value.expiry > now }
        let cookies = jar.isEmpty ? nil : jar.map { "\($0.key)=\($0.value.value)" }.sorted().joined(separator: "; ")
        let response = try await site.handle(method, target, .init(cookies: cookies, form: form))
        if takesCookies { response.setCookies.forEach { take($0) } }
        return response
    }

    private mutating func take(_ setCookie: String) {
        guard let found = setCookie.firstMatch(of: /^([^=;]+)=([^;]*);.*Max-Age=(\d+)/) else { return }
        let age = Duration.seconds(Int(found.output.3) ?? 0)
        jar[String(found.output.1)] = Cookie(value: String(found.output.2), expiry: clock.unixTime() + age)
    }
}
