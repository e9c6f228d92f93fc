import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("The description of call errors", .timeLimit(.minutes(15)))
struct CallErrorTests {
    /// An API that responds to each request with one response.
    private func failure(
        _ response: HTTP.Response,
        dpop: DPoPAlgorithm? = nil
    ) async throws -> CatalogAPI.Failure {
        let world = World(handler: { _ in response })
        do {
            _ = try await CatalogAPI(world, dpop: dpop).options(.withoutRetries).getItem(id: "1")
        } catch {
            return error
        }
        throw Missing()
    }

    private struct Missing: Error {}

    private static let prefix = "GET /items/{id} at https://api.example.com/v1: "

    @Test(
        "It names the operation, the method, the path template, the server, the status and what the API said",
        arguments: [
            (.json("{}", status: 500), "unexpectedStatus", "500, the schema declares no such status"),
            (
                .json(#"{"reason":"gone"}"#, status: 404), "problem", "404, the API responded with an error"
            ),
            (
                .json(#"{"title":"Not found","detail":"no item has this identifier"}"#, status: 500),
                "unexpectedStatus",
                "500, the schema declares no such status; the API said 'Not found: no item has this identifier'"
            ),
            (
                .json(#"{"error":"invalid_scope","error_description":"unknown scope"}"#, status: 500),
                "unexpectedStatus",
                "500, the schema declares no such status; the API said 'invalid_scope: unknown scope'"
            ),
            (
                .json(#"{"error":{"code":429,"message":"slow down"}}"#, status: 500),
                "unexpectedStatus",
                "500, the schema declares no such status; the API said '429: slow down'"
            ),
            (
                HTTP.Response(
                    status: 200,
                    fields: ["Content-Type": "text/pancakes"],
                    body: Array(#"{"message":"maple syrup"}"#.utf8)
                ),
                "undecodableResponse",
                "200, the body does not match the schema: id: the key is missing (line 1, column 1)"
            ),
            (
                HTTP.Response(status: 200, fields: ["Content-Type": "text/html; charset=x"], body: Array("{}".utf8)),
                "undecodableResponse",
                "200, the body of type text/html does not match the schema: id: the key is missing (line 1, column 1)"
            ),
            (
                HTTP.Response(status: 200, fields: ["Content-Type": "image/png"], body: [0x89, 0x50, 0x4E, 0x47]),
                "undecodableResponse",
                "200, the body does not match the schema: line 1, column 1: expected a value; the response is not JSON: "
                    + "'bytes' in a schema is base64 in a JSON string, and APIClient fetches other bodies"
            ),
            (
                HTTP.Response(status: 200, fields: ["Content-Type": "Application/Problem+JSON ; a=b"], body: [0x89]),
                "undecodableResponse", "200, the body does not match the schema: line 1, column 1: expected a value"
            ),
            (
                .json(#"{"code":"E17","message":"it's\nbroken\u0000\u202e"}"#, status: 500),
                "unexpectedStatus",
                "500, the schema declares no such status; the API said 'E17: it\"s broken  '"
            ),
            (
                HTTP.Response(status: 302, fields: ["Location": "https://login.example.com/sign-in?state=x#y"]),
                "unexpectedStatus",
                "302, redirects are not followed; the redirect leads to https://login.example.com/sign-in"
            ),
            (
                HTTP.Response(status: 307, fields: ["Location": "/v2/items"]),
                "unexpectedStatus",
                "307, redirects are not followed; the redirect leads to https://api.example.com/v2/items"
            ),
            (
                HTTP.Response(status: 302, fields: ["Location": "https://user:pass@login.example.com/"]),
                "unexpectedStatus", "302, redirects are not followed"
            ),
            (
                .json(
                    #"{"reason":"no"}"#,
                    status: 403,
                    fields: ["WWW-Authenticate": #"Bearer error="insufficient_scope", scope="items.write items.read""#]
                ),
                "problem",
                "403, the API responded with an error; the API demands the scope 'items.write items.read'"
            ),
        ] as [(HTTP.Response, String, String)]
    )
    func descriptions(response: HTTP.Response, kind: String, text: String) async throws {
        let error = try await failure(response)
        #expect(error.description == "CatalogAPI.getItem failed (\(kind)): \(Self.prefix)\(text)")
    }

    @Test("Failures without a response name operation and server, too")
    func withoutResponse() async throws {
        let world = World()
        world.api.inject(.transportError(.failing(.tls)))
        let error = try #require(await world.client().failure())
        #expect(error.description == "APIClient GET failed (transport): GET at https://api.example.com: TLS failed")
        #expect(error.message == "TLS failed")
        let invalid = APIClient(server: "ftp://api.example.com", runtime: world.runtime)
        let unusable = try #require(await invalid.failure())
        #expect(unusable.description.hasPrefix("APIClient GET failed (invalidRequest): nothing was sent; "))
    }

    @Test("What the API said takes at most 200 characters")
    func length() async throws {
        let text = String(repeating: "no such item ", count: 500)
        let error = try await failure(.json(#"{"title":"\#(text)","detail":"\#(text)."}"#, status: 500))
        let base =
            "CatalogAPI.getItem failed (unexpectedStatus): \(Self.prefix)500, the schema declares no such status; "
        #expect(error.description.hasPrefix(base))
        #expect(error.description.count == base.count + 200)
        #expect(error.description.hasSuffix("…"))
    }

    @Test(
        "P59: what looks like a token is masked, and what does not is legible",
        arguments: [
            ("the token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is invalid", "the token <redacted> is invalid"),
            (
                "use Bearer abcdef or DPoP xyz, not Basic dXNlcg==",
                "use Bearer <redacted> or DPoP <redacted>, not Basic <redacted>"
            ),
            ("session 9f86d081884c7d659a2feaa0c55ad015", "session <redacted>"),
            ("key=QUJDREVGR0hJSktMTU5PUA== rejected", "<redacted> rejected"),
            ("item 123e4567-e89b-12d3-a456-426614174000", "item <redacted>"),
            (
                "see https://errors.example.com/problems/out-of-credit",
                "see https://errors.example.com/problems/out-of-credit"
            ),
            ("at /sign-in/9f86d081884c7d659a2feaa0c55ad015/x", "at /sign-in/<redacted>/x"),
            ("insufficient_user_authentication", "insufficient_user_authentication"),
            ("ResourceNotFoundException", "ResourceNotFoundException"),
            ("since 2026-01-31T12:30:00Z, 42 items", "since 2026-01-31T12:30:00Z, 42 items"),
            ("INSUFFICIENT_PERMISSIONS_FOR_ITEM", "INSUFFICIENT_PERMISSIONS_FOR_ITEM"),
        ]
    )
    func shapes(text: String, expected: String) {
        #expect(SentCredentials().redact(text) == expected)
    }

    @Test(
        "P59: what a call has sent is masked, in any case and with any punctuation in between",
        arguments: [
            ("hunter2", "the password hunter2 is wrong", "the password <redacted> is wrong"),
            ("correct horse battery", "no: Correct-Horse-Battery!", "no: <redacted>!"),
            ("correct horse battery", "no: c.o.r.r.e.c.t.h", "no: <redacted>"),
            ("correct horse battery", "horse ba", "<redacted>"),
            ("correct horse battery", "horses", "horses"),
            ("-a-b-c-d-e-f-", "x-b-c-d-e-y", "x<redacted>y"),
            ("Basic dXNlcjpodW50ZXItMg==", "wrong: hunter-2", "wrong: <redacted>"),
            ("abc", "abc is too short to search for", "abc is too short to search for"),
        ]
    )
    func credentials(sent: String, text: String, expected: String) {
        var credentials = SentCredentials()
        credentials.add(sent)
        #expect(credentials.redact(text) == expected)
        #expect(!"\(credentials)".contains(sent))
    }

    @Test("One catch serves the errors of all clients")
    func sharedProtocol() async throws {
        func calls() async throws {
            _ = try await CatalogAPI(World(handler: { _ in .json("{}", status: 500) })).options(.withoutRetries)
                .getItem(id: "1")
        }
        func rawCalls() async throws {
            let world = World()
            world.server.inject(.oauthError("invalid_client", status: 401))
            _ = try await world.client().send(.get, "/items")
        }
        var seen: [String] = []
        for body in [calls, rawCalls] {
            do {
                try await body()
            } catch let error as any CallErrorProtocol {
                seen.append("\(error.operation) \(error.kind) \(error.status?.rawValue ?? 0)")
                #expect((error.tokenError != nil) == (error.kind == .noToken))
                #expect(error.requestMayHaveBeenProcessed == (error.response != nil))
                #expect(error.transportError == nil && error.middlewareError == nil && error.stepUpChallenge == nil)
            }
        }
        #expect(seen == ["CatalogAPI.getItem unexpectedStatus 500", "APIClient GET noToken 0"])
    }

    @Test("A call error is one word wide, whatever its problem")
    func size() {
        #expect(MemoryLayout<CallError<Never>>.size == MemoryLayout<Int>.size)
        #expect(MemoryLayout<CatalogAPI.Failure>.size == MemoryLayout<Int>.size)
    }
}
