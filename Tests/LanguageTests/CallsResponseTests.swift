import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Calls: responses")
struct CallsResponseTests {
    @Test("Each declared status has its own case, with or without a body")
    func severalStatuses() async throws {
        let exchange = CallsExchange(
            .json(#"{"id": 1.0, "more": [null]}"#),
            .json(#"{"ticket": "\ud83d\udc4d"}"#, status: 202),
            .noContent
        )
        #expect(try await exchange.client.start(request: "r") == .ok(.init(id: 1)))
        #expect(try await exchange.client.start(request: "r", stubHandlers: "a") == .accepted(.init(ticket: "👍")))
        #expect(try await exchange.client.start(request: "r") == .noContent)
        #expect(exchange.transport.requests[1].body?.bytes == Array(#"{"request":"r","stubHandlers":"a"}"#.utf8))
    }

    @Test("A type and nothing become an optional")
    func optional() async throws {
        let exchange = CallsExchange(.json(#"{"id": 2e0}"#), .noContent, .json("null"), .json(#"{"id": 3}"#))
        #expect(try await exchange.client.maybe() == CallsAPI.Thing(id: 2))
        #expect(try await exchange.client.maybe() == nil)
        #expect(try await exchange.client.maybeNull() == nil)
        #expect(try await exchange.client.maybeNull() == CallsAPI.Thing(id: 3))
    }

    @Test("Two statuses with the same type return that type")
    func sameType() async throws {
        let exchange = CallsExchange(.json(#"{"id": 1}"#, status: 201), .json(#"{"id": 2}"#))
        #expect(try await exchange.client.same() == .init(id: 1))
        #expect(try await exchange.client.same() == .init(id: 2))
    }

    @Test("A null body does not count as a status that is declared with nothing")
    func nullIsNotNothing() async throws {
        let exchange = CallsExchange(.json("null"))
        let error = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.maybe() }
        #expect(error.kind == .undecodableResponse)
    }

    @Test(
        "A success without a body is nothing if the schema also declares an empty success",
        arguments: ["", " ", "\r\n"]
    )
    func emptyIsNothing(body: String) async throws {
        let empty = HTTP.Response(status: 200, fields: ["Content-Type": "application/json"], body: Array(body.utf8))
        let exchange = CallsExchange(empty, empty, empty, empty)
        #expect(try await exchange.client.maybe() == nil)
        #expect(try await exchange.client.maybeNull() == nil)
        // 304 is no success: an empty 200 does not say that the caller's copy is current.
        let fetched = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.fetch() }
        #expect(fetched.kind == .undecodableResponse)
        let same = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.same() }
        #expect(same.kind == .undecodableResponse)
    }

    @Test(
        "A content coding that was not asked for is named, and not quoted unless it is a usual one",
        arguments: [
            ("gzip", "'gzip'"), ("Br", "'br'"), ("identity, zstd", "'zstd'"),
            ("s3cret", "of its Content-Encoding field"),
        ]
    )
    func contentCoding(field: String, named: String) async throws {
        let response = HTTP.Response(status: 200, fields: ["Content-Encoding": field], body: [0x1F, 0x8B, 8, 0])
        let exchange = CallsExchange(
            response,
            .json(#"{"id": 1}"#, fields: ["Content-Encoding": "identity", "X-Total": "1"])
        )
        let error = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.maybe() }
        #expect(error.kind == .undecodableResponse)
        #expect(
            error.message
                == "the body has the content coding \(named), which was not asked for and cannot be decoded"
        )
        #expect(try await exchange.client.fetch()?.body.id == 1)
    }

    @Test("Declared header fields are properties, with case-insensitive names")
    func headers() async throws {
        let exchange = CallsExchange(
            .json(
                #"{"id": 1}"#,
                fields: [
                    "etag": "\"v1\"", "x-total": "12", "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT", "X-Left": "3",
                ]
            ),
            HTTP.Response(status: 304),
            .json(#"{"id": 1}"#, fields: ["X-Total": "0"])
        )
        let first = try await exchange.client.fetch()
        let date = Date(timeIntervalSince1970: 784_111_777)
        #expect(first == .init(body: .init(id: 1), eTag: "\"v1\"", xTotal: 12, lastModified: date, xLeft: 3))
        #expect(try await exchange.client.fetch(ifNoneMatch: first?.eTag) == nil)
        #expect(exchange.transport.requests[1].fields[.ifNoneMatch] == "\"v1\"")
        #expect(try await exchange.client.fetch() == .init(body: .init(id: 1), xTotal: 0, xLeft: 7))
    }

    @Test(
        "The error of a missing or invalid header field names the field and does not quote it",
        arguments: [
            ([:], "the header field X-Total is missing"),
            (["X-Total": "s3cret"], "the header field X-Total does not match the schema"),
        ] as [(HTTP.Fields, String)]
    )
    func invalidHeaders(fields: HTTP.Fields, message: String) async throws {
        let exchange = CallsExchange(.json(#"{"id": 1}"#, fields: fields))
        let error = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.fetch() }
        #expect(error.kind == .undecodableResponse)
        let request = "GET /fetch at https://api.example.com/v1"
        #expect(error.description == "CallsAPI.fetch failed (undecodableResponse): \(request): 200, \(message)")
    }

    @Test("An invalid optional header field is nil, or has its default, and does not prevent decoding the response")
    func unreadableHeaders() async throws {
        let odd: HTTP.Fields = ["ETag": "", "X-Total": "1", "Last-Modified": "today", "X-Left": "many"]
        let exchange = CallsExchange(
            .json(#"{"id": 1}"#, fields: odd),
            .json(#"{"id": 2}"#, fields: ["X-Total": "2", "Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT"])
        )
        #expect(try await exchange.client.fetch() == .init(body: .init(id: 1), eTag: "", xTotal: 1, xLeft: 7))
        #expect(try await exchange.client.fetch()?.lastModified == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test("Header fields can be declared without a body, and for several statuses")
    func headersAlone() async throws {
        let exchange = CallsExchange(
            HTTP.Response(status: 201, fields: ["Location": "/things/1", "X-Colour": "light-blue"], body: [1]),
            .json(#"{"a": 1}"#, fields: ["ETag": "x"]),
            .json(#"[{"id": 1}]"#, status: 203),
            HTTP.Response(status: 205, fields: ["X-Reset": "true"])
        )
        let created = try await exchange.client.create()
        #expect(created.location.relativeString == "/things/1")
        #expect(created.xColour == .lightBlue)
        #expect(try await exchange.client.both() == .ok(.init(body: .init(a: 1), eTag: "x")))
        #expect(try await exchange.client.both() == .nonAuthoritativeInformation([.init(id: 1)]))
        #expect(try await exchange.client.both() == .resetContent(.init(xReset: true)))
    }

    @Test("A declared error has header fields too")
    func errorHeaders() async throws {
        let exchange = CallsExchange(.json(#"{"code": "slow"}"#, status: 429, fields: ["Retry-After": "7"]))
        let error = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.nothing() }
        #expect(error.problem == .error429(.init(body: .init(code: "slow"), retryAfter: 7)))
    }

    @Test("An invalid optional header field of an error does not prevent decoding the error")
    func unreadableErrorHeaders() async throws {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let odd: HTTP.Fields = ["Retry-After": date, "X-Left": "many", "X-At": "tomorrow"]
        let good: HTTP.Fields = ["Retry-After": "5", "X-Left": "2", "X-At": date]
        let exchange = CallsExchange(
            .json(#"{"code": "busy"}"#, status: 409, fields: odd),
            .json(#"{"code": "busy"}"#, status: 409, fields: good)
        )
        let first = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.limited() }
        #expect(first.kind == .problem)
        #expect(first.problem == .limitedError409(.init(body: .init(code: "busy"), xLeft: 7)))
        let second = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.limited() }
        guard case .limitedError409(let problem) = second.problem else {
            Issue.record("\(second)")
            return
        }
        #expect(problem.retryAfter == 5)
        #expect(problem.xLeft == 2)
        #expect(problem.xAt == Date(timeIntervalSince1970: 784_111_777))
    }

    @Test(
        "A response declared with nothing accepts any body",
        arguments: [[], Array("<html>".utf8), [0xFF]] as [[UInt8]]
    )
    func nothing(body: [UInt8]) async throws {
        let exchange = CallsExchange(HTTP.Response(status: 200, fields: ["Content-Type": "text/html"], body: body))
        try await exchange.client.nothing()
    }

    @Test(
        "The error of an undeclared response names the difference to the schema",
        arguments: [
            (HTTP.Response(status: 200), "the body is empty, but the schema declares one"),
            (
                HTTP.Response(status: 200, fields: ["Content-Type": "text/html; charset=x"], body: Array("<p>".utf8)),
                "the body of type text/html does not match the schema: "
            ),
            (HTTP.Response(status: 302), "redirects are not followed"),
            (HTTP.Response(status: 206), "the schema declares no such status"),
        ]
    )
    func undeclaredResponses(response: HTTP.Response, message: String) async throws {
        let exchange = CallsExchange(response)
        let error = try await failure { () async throws(CallsAPI.Failure) in try await exchange.client.same() }
        #expect(error.kind == (response.status == 200 ? .undecodableResponse : .unexpectedStatus))
        #expect(error.description.contains(": \(response.status), \(message)"), "\(error)")
        #expect(error.status == response.status)
    }

    @Test("withResponse returns status and header fields of the last response with the value")
    func withResponse() async throws {
        let exchange = CallsExchange(
            .json(#"{"id": 1}"#, status: 201, fields: ["X-A": "1"]),
            .json(#"{"id": 2}"#, fields: ["X-A": "2"])
        )
        let (value, head) = try await exchange.client.withResponse { try await $0.same() }
        #expect(value == .init(id: 1))
        #expect(head?.status == 201)
        #expect(head?.fields["X-A"] == "1")
        let quick = exchange.client.options(.timeout(.seconds(1)))
        let second = try await quick.withResponse { client in
            let thing = try await client.same()
            return thing.id
        }
        #expect(second.value == 2 && second.head?.fields["X-A"] == "2")
        #expect(exchange.transport.requests[1].timeout.map { $0 <= .seconds(1) } == true)
    }

    @Test("withResponse throws the error of a failed call, and returns nil without a call")
    func withoutResponse() async throws {
        let exchange = CallsExchange(.json(#"{"code": "c"}"#, status: 400))
        let error = try await failure { () async throws(CallsAPI.Failure) in
            try await exchange.client.withResponse { client throws(CallsAPI.Failure) in try await client.same() }
        }
        #expect(error.problem == .failed(.init(code: "c")))
        #expect(await exchange.client.withResponse { _ in 1 }.head == nil)
    }

    @MainActor
    @Test("withResponse can be used on the main actor")
    func mainActor() async throws {
        let exchange = CallsExchange(.noContent)
        var count = 0
        let (_, head) = try await exchange.client.withResponse {
            count += 1
            return try await $0.nothing()
        }
        #expect(head?.status == 204 && count == 1)
    }
}
