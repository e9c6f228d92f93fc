import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Calls of a generated client", .timeLimit(.minutes(15)))
struct CallTests {
    private func failure<Success>(
        _ call: nonisolated(nonsending) () async throws(CatalogAPI.Failure) -> Success
    ) async -> CatalogAPI.Failure? {
        do {
            _ = try await call()
            return nil
        } catch {
            return error
        }
    }

    @Test("A declared success is decoded, and the request has the token, the path and nothing else")
    func success() async throws {
        let world = World(handler: { _ in .json(#"{"id":"a/b","new":[1]}"#) })
        let item = try await CatalogAPI(world).getItem(id: "a/b")
        #expect(item.id == "a/b")
        let request = try #require(world.api.requests.first?.request)
        #expect(request.url.string == "https://api.example.com/v1/items/a%2Fb")
        #expect(request.fields.map(\.name) == [.accept, .authorization])
        #expect(world.server.requests(to: .token).first?.form["scope"] == "read")
    }

    @Test("An operation without a requirement is sent without a token")
    func open() async throws {
        let world = World()
        world.api.on(.get, "/v1/health", access: .open) { _ in HTTP.Response(status: 204) }
        try await CatalogAPI(world).health()
        #expect(world.tokenRequests == 0)
        #expect(world.api.requests.first?.request.fields.contains(.authorization) == false)
    }

    @Test(
        "The error names a second demand for a nonce, without any text of the API",
        arguments: ["", #"{"reason":"hostile"}"#]
    )
    func secondNonce(body: String) async throws {
        let world = World()
        let challenge = #"DPoP error="use_dpop_nonce", error_description="hostile""#
        world.api.inject(
            .status(401, body: body, fields: ["WWW-Authenticate": challenge, "DPoP-Nonce": "hostile"]),
            times: 2
        )
        let failure = try #require(
            await failure { () throws(CatalogAPI.Failure) in
                try await CatalogAPI(world, dpop: .es256).getItem(id: "1")
            }
        )
        #expect(world.api.count == 2)
        #expect(failure.status == 401)
        #expect(failure.description.contains("demands a DPoP nonce (use_dpop_nonce)"))
        #expect(!"\(failure)".contains("hostile"))
        // A 401 of another kind is not about nonces.
        world.api.inject(.status(401, body: body), times: 2)
        let other = await self.failure { () throws(CatalogAPI.Failure) in
            try await CatalogAPI(world, dpop: .es256).getItem(id: "1")
        }
        #expect(other?.description.contains("nonce") == false)
    }

    @Test(
        "Each response has the expected error kind",
        arguments: [
            (409, #"{"code":"taken"}"#, "problem"), (404, #"{"reason":"gone"}"#, "problem"),
            (404, #"{"other":1}"#, "unexpectedStatus"), (404, "", "unexpectedStatus"),
            (500, #"{"reason":"x"}"#, "unexpectedStatus"), (204, "", "unexpectedStatus"), (302, "", "unexpectedStatus"),
            (200, #"{"id":7}"#, "undecodableResponse"), (200, "<html>", "undecodableResponse"),
            (200, "", "undecodableResponse"), (200, #"{"id":"x"} trailing"#, "undecodableResponse"),
            (403, #"{"reason":"no"}"#, "problem"),
        ]
    )
    func kinds(status: Int, body: String, kind: String) async throws {
        let world = World(handler: { _ in .json(body, status: HTTP.Status(rawValue: status)) })
        let failure = try #require(
            await failure { () throws(CatalogAPI.Failure) in
                try await CatalogAPI(world).options(.withoutRetries).getItem(id: "1")
            }
        )
        #expect(failure.kind.description == kind)
        #expect(failure.operation.description == "CatalogAPI.getItem")
        #expect(failure.status?.rawValue == status)
        #expect((failure.problem != nil) == (kind == "problem"))
        #expect(failure.response.map { $0.body == Array(body.utf8) } == true)
        if status == 409 {
            #expect(failure.problem == .conflict(try .init(json: JSONDocument(parsing: Array(body.utf8)).root)))
        }
    }

    @Test("A 401 with a declared body is that problem, also if no other token is obtained")
    func declaredRefusal() async throws {
        let world = World(handler: { _ in .json(#"{"id":"1"}"#) })
        let catalog = CatalogAPI(world)
        _ = try await catalog.getItem(id: "1")
        world.api.inject(.response(.json(#"{"reason":"who are you"}"#, status: 401)), times: nil)
        let declared = await failure { () throws(CatalogAPI.Failure) in try await catalog.getItem(id: "1") }
        #expect(declared?.kind == .problem)
        #expect(declared?.tokenError == nil)
        world.server.inject(.status(503))
        let failure = await failure { () throws(CatalogAPI.Failure) in try await catalog.getItem(id: "1") }
        #expect(failure?.kind == .problem)
        #expect(failure?.status == 401)
        #expect(failure?.tokenError?.kind == .serverError)
        guard case .rejection(let rejection) = failure?.problem else {
            Issue.record("the declared body was lost")
            return
        }
        #expect(rejection.reason == "who are you")
    }

    @Test(
        "Each failure of the transport has the expected error kind",
        arguments: [
            (HTTP.TransportError.Kind.connect, "transport"), (.timedOut, "timedOut"), (.cancelled, "cancelled"),
            (.tls, "transport"), (.tooLarge, "transport"), (.invalidRequest, "invalidRequest"), (.other, "transport"),
        ]
    )
    func transportFailures(reason: HTTP.TransportError.Kind, kind: String) async throws {
        let world = World()
        world.api.inject(.transportError(.failing(reason)))
        let catalog = CatalogAPI(world).options(.withoutRetries)
        let failure = await failure { () throws(CatalogAPI.Failure) in try await catalog.getItem(id: "1") }
        #expect(failure?.kind.description == kind)
        #expect(failure?.transportError?.kind == reason)
        #expect(world.api.count == 1)
    }

    @Test("A call that is cancelled while it waits for the response fails as cancelled")
    func cancelled() async throws {
        let world = World()
        let gate = AsyncGate()
        world.api.inject(.held(by: gate))
        let call = Task {
            await failure { () throws(CatalogAPI.Failure) in try await CatalogAPI(world).getItem(id: "1") }
        }
        await gate.waitForArrivals(1)
        call.cancel()
        #expect(await call.value?.kind == .cancelled)
    }

    @Test("The timeout includes the wait for the token")
    func timeout() async throws {
        let world = World()
        world.server.inject(.slow(by: .seconds(3)))
        world.api.inject(.held(by: AsyncGate()))
        let catalog = CatalogAPI(world).options(.timeout(.seconds(5)))
        let call = Task { await failure { () throws(CatalogAPI.Failure) in try await catalog.getItem(id: "1") } }
        // The deadlines of the call and of the token request, and the slow response.
        await world.clock.waitForSleepers(3)
        world.clock.advance(by: .seconds(3))
        await world.api.waitForRequests(1)
        #expect(world.api.requests.first?.request.timeout == .seconds(2))
        await world.clock.waitForSleepers(1)
        world.clock.advance(by: .seconds(2))
        #expect(await call.value?.kind == .timedOut)
    }

    @Test("A call whose timeout ends before the request is not sent")
    func overBefore() async throws {
        let world = World()
        let catalog = CatalogAPI(world)
        _ = await failure { () throws(CatalogAPI.Failure) in try await catalog.getItem(id: "1") }
        let failure = await failure { () throws(CatalogAPI.Failure) in
            try await catalog.options(.timeout(.zero)).getItem(id: "1")
        }
        #expect(failure?.kind == .timedOut)
        #expect(failure?.requestMayHaveBeenProcessed == false)
        #expect(world.api.count == 1)
    }

    @Test(
        "An idempotency key is the same in all attempts of a call, new for each call, or the caller's"
    )
    func idempotencyKey() async throws {
        let world = World(handler: { _ in .json(#"{"id":"1"}"#, status: 201) })
        world.api.configuration.nonces = .required
        let catalog = CatalogAPI(world, dpop: .es256)
        world.api.inject(.transportError(.failing(.closed, processed: true)))
        _ = try await catalog.createItem(.init(id: "1"))
        _ = try await catalog.createItem(.init(id: "1"))
        _ = try await catalog.createItem(.init(id: "1"), idempotencyKey: "mine")
        let requests = world.api.requests.map(\.request)
        let keys = requests.map { $0.fields["Idempotency-Key"] }
        // The first call has three attempts: connection closed, nonce challenge, success.
        #expect(keys.count == 5)
        #expect(Set(keys.prefix(3)).count == 1)
        #expect(keys[0]?.utf8.count == 22)
        #expect(keys[3] != keys[0])
        #expect(keys[4] == "mine")
        #expect(Set(requests.map { $0.body?.bytes }) == [Array(#"{"id":"1"}"#.utf8)])
        #expect(Set(requests.map { $0.fields[.dpop] }).count == 5)
    }

    @Test("The query of the path and the query of the call are joined")
    func joinedQuery() async throws {
        let world = World()
        _ = try await world.client().send(.get, "/items?a=1", query: [("b", "2&3"), ("c", "")])
        _ = try await world.client().send(.get, "/items", query: [("b", "2")])
        #expect(world.api.requests.map(\.request.url.target) == ["/items?a=1&b=2%263&c=", "/items?b=2"])
    }

    @Test("Pages follow the cursor to the end, items in order, with the parameters of the first request")
    func pages() async throws {
        let world = paged(["": "p2", "p2": "p 3", "p 3": ""])
        let catalog = CatalogAPI(world)
        var ids: [String] = []
        for try await item in catalog.listItems(tag: "x y") { ids.append(item.id) }
        #expect(ids == ["a", "b", "p2a", "p2b", "p 3a", "p 3b"])
        #expect(
            targets(world) == [
                "/v1/items?tag=x%20y", "/v1/items?tag=x%20y&cursor=p2", "/v1/items?tag=x%20y&cursor=p%203",
            ]
        )
    }

    @Test("Pages can be resumed at a cursor, and are requested only when needed")
    func resumed() async throws {
        let world = paged(["": "p2", "p2": "p3", "p3": ""])
        let catalog = CatalogAPI(world)
        var pages = catalog.listItems().pages.makeAsyncIterator()
        let first = try await pages.next()
        #expect(first?.cursor == "p2")
        #expect(targets(world).count == 1)
        var ids: [String] = []
        for try await item in catalog.listItems(cursor: first?.cursor) { ids.append(item.id) }
        #expect(ids == ["p2a", "p2b", "p3a", "p3b"])
    }

    @Test(
        "A repeated cursor ends the pages with an error",
        arguments: [["": "p2", "p2": "p2"], ["": "p2", "p2": "p3", "p3": "p2"]]
    )
    func loop(cursors: [String: String]) async throws {
        let world = paged(cursors)
        let catalog = CatalogAPI(world)
        var items = catalog.listItems().makeAsyncIterator()
        var count = 0
        let failure = await failure { () throws(CatalogAPI.Failure) in
            while try await items.next() != nil { count += 1 }
        }
        #expect(failure?.kind == .cursorLoop)
        #expect(failure?.operation.description == "CatalogAPI.listItems")
        #expect(count == cursors.count * 2)
        #expect(targets(world).count == cursors.count)
        #expect(try await items.next() == nil)
    }

    @Test("A failed page ends the iteration, and the pages can be resumed")
    func failingPage() async throws {
        let world = paged(["": "p2", "p2": ""])
        let catalog = CatalogAPI(world).options(.withoutRetries)
        var pages = catalog.listItems().pages.makeAsyncIterator()
        let first = try await pages.next()
        world.api.inject(.status(500))
        let failure = await failure { () throws(CatalogAPI.Failure) in try await pages.next() }
        #expect(failure?.kind == .unexpectedStatus)
        #expect(try await pages.next() == nil)
        var resumed = catalog.listItems(cursor: first?.cursor).makeAsyncIterator()
        #expect(try await resumed.next()?.id == "p2a")
    }

    /// Returns an API with pages of two items, and the next cursor for each cursor.
    private func paged(_ cursors: [String: String]) -> World {
        World(handler: { request in
            let cursor = request.query("cursor") ?? ""
            let next = cursors[cursor] ?? ""
            return .json(#"{"items":[{"id":"\#(cursor)a"},{"id":"\#(cursor)b"}],"next":"\#(next)"}"#)
        })
    }

    private func targets(_ world: World) -> [String] {
        world.api.requests.map(\.request.url.target)
    }
}
