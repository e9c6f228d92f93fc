import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// APIs that repeat the credentials of a request in all members of an error that a description shows.
@Suite("P59: an API that repeats credentials", .timeLimit(.minutes(15)))
struct EchoTests {
    private static let members = ["title", "detail", "error", "error_description", "message", "code"]
    /// Credentials without the shape of a token: only a comparison with what was sent can recognize them.
    private static let key = "maple syrup on warm pancakes"
    private static let user = "someone"

    /// The credentials that a request carries, in all forms in which they are secret.
    private static func credentials(of request: HTTP.Request) -> [String] {
        var found: [String] = []
        for field in request.fields where field.isSecret || [.authorization, .dpop].contains(field.name) {
            found.append(field.value.split(separator: " ", maxSplits: 1).last.map(String.init) ?? "")
            found.append(field.value)
        }
        if let query = request.url.query?.split(separator: "=").last {
            found.append(String(query).removingPercentEncoding ?? "")
        }
        if request.fields[.authorization]?.hasPrefix("Basic ") == true { found.append(key) }
        return found
    }

    /// One echo: a part of a credential, alone or between words, in one or several members.
    private static func echo(
        of request: HTTP.Request,
        _ generator: inout SeededGenerator
    ) -> HTTP.Response {
        func piece(_ generator: inout SeededGenerator) -> String {
            guard let credential = credentials(of: request).randomElement(using: &generator) else { return "nothing" }
            let characters = Array(credential)
            var part = characters
            if Bool.random(using: &generator), characters.count > 8 {
                let start = Int.random(in: 0...(characters.count - 8), using: &generator)
                let count = Int.random(in: 8...(characters.count - start), using: &generator)
                part = Array(characters[start..<(start + count)])
            }
            let decoration = ["", " ", "'", "\"", "\n", "\u{0}", "(", ": ", "=", "Bearer ", "/", "…", "ü", "\u{200B}"]
            let (before, after) = (
                decoration.randomElement(using: &generator), decoration.randomElement(using: &generator)
            )
            let words = ["", "the token ", "rejected credential", String(repeating: "x", count: 190), "é"]
            return (words.randomElement(using: &generator) ?? "") + (before ?? "") + String(part) + (after ?? "")
        }
        var json = JSONWriter()
        json.beginObject()
        for member in members where Bool.random(using: &generator) { json.field(member, piece(&generator)) }
        if Bool.random(using: &generator) {
            json.key("error")
            json.beginObject()
            json.field("code", piece(&generator))
            json.field("message", piece(&generator))
            json.endObject()
        }
        json.endObject()
        let status = HTTP.Status(rawValue: [200, 302, 400, 403, 404, 409, 500].randomElement(using: &generator) ?? 500)
        var response = HTTP.Response(status: status, body: json.bytes)
        let text = piece(&generator).filter { $0.isASCII && $0 != "\n" && $0 != "\0" && $0 != "\"" }
        response.fields[.wwwAuthenticate] = "Bearer scope=\"\(text)\""
        response.fields[.contentType] = "text/\(text.lowercased())"
        response.fields[.location] = "/back/\(text.replacing(" ", with: "%20"))/there?\(text)"
        return response
    }

    @Test("No description contains eight characters in a row of a credential", arguments: [0, 1, 2, 3, 4])
    func echoes(scheme: Int) async throws {
        let generator = Locked(SeededGenerator(seed: UInt64(5900 + scheme)))
        let world = World(handler: { request in
            generator.withLock { EchoTests.echo(of: request.request, &$0) }
        })
        let origin = world.api.origin.description
        func client(_ authorization: APIAuthorization) -> CatalogAPI {
            CatalogAPI(client: APIClient(server: origin, authorization: authorization, runtime: world.runtime))
        }
        world.api.on(.get, "/items/{id}", access: .open) { request in
            generator.withLock { EchoTests.echo(of: request.request, &$0) }
        }
        let catalog: CatalogAPI =
            switch scheme {
            case 0: client(.apiKey(header: "X-Key", SecretValue(Self.key)))
            case 1: client(.apiKey(query: "key", SecretValue(Self.key)))
            case 2: client(.basic(BasicCredentials(user: Self.user, password: SecretValue(Self.key))))
            case 3: CatalogAPI(client: world.client())
            default: CatalogAPI(client: world.client(dpop: .es256))
            }
        var texts: Set<String> = []
        for _ in 0..<400 {
            do {
                _ = try await catalog.options(.withoutRetries).getItem(id: "1")
            } catch {
                texts.insert(error.description)
                let sent = try #require(world.api.requests.last?.request)
                for credential in Self.credentials(of: sent) {
                    let shown = Self.sharedPiece(of: credential, in: error.description)
                    #expect(shown == nil, "\(error.description)")
                }
            }
        }
        #expect(texts.count > 50)
    }

    /// Returns eight characters in a row that a text has in common with a credential.
    private static func sharedPiece(of credential: String, in text: String) -> String? {
        let characters = Array(credential)
        guard characters.count >= 8 else { return nil }
        for start in 0...(characters.count - 8) {
            let piece = String(characters[start..<(start + 8)])
            if text.contains(piece) { return piece }
        }
        return nil
    }
}
