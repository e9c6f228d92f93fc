import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Middleware", .timeLimit(.minutes(15)))
struct MiddlewareTests {
    /// Middleware in a closure.
    struct Around: CallMiddleware {
        let body: @Sendable (HTTP.Request, OperationMetadata, Next) async throws -> HTTP.Response

        func intercept(
            _ request: HTTP.Request,
            of operation: OperationMetadata,
            next: Next
        ) async throws -> HTTP.Response {
            try await body(request, operation, next)
        }
    }

    private struct Open: Error, CustomStringConvertible {
        var description: String { "s3cret-in-an-error" }
    }

    private final class Seen: Sendable {
        private let kept = Locked<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        func note(_ line: String) { kept.withLock { $0.append(line) } }
    }

    @Test("It sees each call once, with its operation, without authorization, and the response of the last attempt")
    func sees() async throws {
        let seen = Seen()
        let world = World(
            configure: {
                $0.middleware = [
                    Around { request, operation, next in
                        let names = request.fields.map(\.name.rawName).joined(separator: ",")
                        seen.note("\(operation) \(operation.method) \(operation.pathTemplate ?? "-") [\(names)]")
                        let response = try await next(request)
                        seen.note("\(response.status.rawValue)")
                        return response
                    }
                ]
            },
            handler: { _ in .json(#"{"id":"1"}"#) }
        )
        world.api.configuration.nonces = .required
        let catalog = CatalogAPI(world, dpop: .es256)
        _ = try await catalog.getItem(id: "1")
        world.api.rejectIssuedTokens()
        _ = try await catalog.getItem(id: "1")
        #expect(await world.client().outcome(.delete) == "200")
        #expect(
            seen.lines == [
                "CatalogAPI.getItem GET /items/{id} [Accept]", "200",
                "CatalogAPI.getItem GET /items/{id} [Accept]", "200",
                "APIClient DELETE DELETE - []", "200",
            ]
        )
        #expect(world.api.count > 3)
    }

    @Test(
        "The first is the outermost, the middleware of a client value is inside of the runtime's, and added fields are sent"
    )
    func order() async throws {
        func adding(_ value: String) -> Around {
            Around { request, _, next in
                var request = request
                request.fields.append(name: "X-Way", value: value)
                var response = try await next(request)
                response.fields.append(name: "X-Back", value: value)
                return response
            }
        }
        let world = World(configure: { $0.middleware = [adding("a"), adding("b")] })
        let response = try await world.client().options(.middleware(adding("c"))).send(.get, "/items")
        #expect(world.api.requests.first?.request.fields["X-Way"] == "a, b, c")
        #expect(response.fields["X-Back"] == "c, b, a")
    }

    @Test("It can respond without the API: nothing is sent and no token is requested")
    func responds() async throws {
        let world = World(configure: { $0.middleware = [Around { _, _, _ in .json(#"{"id":"cached"}"#) }] })
        #expect(try await CatalogAPI(world).getItem(id: "1").id == "cached")
        #expect(world.api.count == 0)
        #expect(world.tokenRequests == 0)
    }

    @Test("Its error ends the call and is available unchanged; its text is not part of the description")
    func rejection() async throws {
        let world = World(configure: { $0.middleware = [Around { _, _, _ in throw Open() }] })
        let failure = try #require(await world.client().failure())
        #expect(failure.kind == .middleware)
        #expect(failure.middlewareError is Open)
        #expect(!"\(failure)".contains("s3cret"))
        #expect("\(failure)".contains("Open"))
        #expect(world.api.count == 0)
    }

    @Test("An error of the call passes it unchanged")
    func passesErrors() async throws {
        let seen = Seen()
        let world = World(
            configure: {
                $0.middleware = [
                    Around { request, _, next in
                        do {
                            return try await next(request)
                        } catch let error as CallError<Never> {
                            seen.note("\(error.kind)")
                            throw error
                        } catch {
                            throw error
                        }
                    }
                ]
            }
        )
        world.server.inject(.oauthError("invalid_client", status: 401), times: nil)
        let failure = try #require(await world.client().failure())
        #expect(failure.kind == .noToken)
        #expect(failure.tokenError?.oauthError == "invalid_client")
        #expect(seen.lines == ["noToken"])
        let cancelling = World(configure: { $0.middleware = [Around { _, _, _ in throw CancellationError() }] })
        #expect(await cancelling.client().outcome() == "cancelled")
    }

    @Test(
        "P54: it cannot change the server or the method, or set the fields that the runtime sets",
        arguments: 0..<7
    )
    func limits(index: Int) async throws {
        let world = World(
            configure: {
                $0.middleware = [
                    Around { request, _, next in
                        var request = request
                        switch index {
                        case 0: request.url = try HTTP.URL("https://evil.example/items")
                        case 1: request.url = try HTTP.URL("http://api.example.com/items")
                        case 2: request.method = .post
                        case 3: request.fields[.authorization] = "Bearer mine"
                        case 4: request.fields["dpop"] = "x"
                        case 5: request.fields["HOST"] = "evil.example"
                        default: request.fields["X-A"] = "a\r\nX-B: b"
                        }
                        return try await next(request)
                    }
                ]
            }
        )
        #expect(await world.client().outcome() == "invalidRequest")
        #expect(world.api.count == 0)
        #expect(world.tokenRequests == 0)
        #expect(world.network.unreachableRequests.isEmpty)
    }

    @Test("The timeout of a call includes its time")
    func time() async throws {
        let world = World()
        let slow = Around { request, _, next in
            world.clock.advance(by: .seconds(5))
            return try await next(request)
        }
        let client = world.client()
        #expect(await client.outcome() == "200")
        #expect(await client.options(.timeout(.seconds(5)), .middleware(slow)).outcome() == "timedOut")
        #expect(world.api.count == 1)
    }

    @Test("It can send the request again")
    func again() async throws {
        let twice = Around { request, _, next in
            _ = try await next(request)
            return try await next(request)
        }
        let world = World(configure: { $0.middleware = [twice] })
        #expect(await world.client(dpop: .es256).outcome() == "200")
        #expect(Set(world.api.requests.map { $0.request.fields[.dpop] }).count == 2)
    }
}

@Suite("The customizer of token requests", .timeLimit(.minutes(15)))
struct TokenRequestCustomizerTests {
    private enum Tenant {
        @TaskLocal static var current: String?
    }

    private struct NoTenant: Error, CustomStringConvertible {
        var description: String { "s3cret-in-an-error" }
    }

    private struct TenantTokens: TokenRequestCustomizer {
        func customize(_ token: inout TokenRequestParameters, for call: OperationMetadata, _ request: HTTP.Request)
            throws
        {
            guard let tenant = Tenant.current else { throw NoTenant() }
            token.parameters["tenant"] = tenant
            if request.url.path.hasSuffix("/admin") { token.scopes = ["write"] }
            if call.method == .delete { token.resources = ["https://api.example.com/\(tenant)"] }
        }
    }

    @Test("Tenants never share a token, and each has one, in any order of their calls")
    func tenants() async throws {
        let world = World(configure: { $0.tokenRequestCustomizer = TenantTokens() })
        let client = world.client(scopes: ["read"])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let tenant = "t\(number % 4)"
                    let outcome = await Tenant.$current.withValue(tenant) {
                        await client.outcome(.get, "/items?tenant=\(tenant)")
                    }
                    #expect(outcome == "200")
                }
            }
        }
        #expect(world.tokenRequests == 4)
        let asked = world.server.requests(to: .token).compactMap { $0.form["tenant"] }
        #expect(Set(asked) == ["t0", "t1", "t2", "t3"])
        let used = Dictionary(grouping: world.api.requests) { $0.request.url.query.map(String.init) ?? "" }
        #expect(used.count == 4)
        var tokens: Set<String> = []
        for (_, calls) in used {
            let mine = Set(calls.compactMap { $0.request.fields[.authorization] })
            #expect(mine.count == 1)
            tokens.formUnion(mine)
        }
        #expect(tokens.count == 4)
    }

    @Test("It can use the operation and the request, and receives the parameters of the options")
    func input() async throws {
        let world = World(configure: { $0.tokenRequestCustomizer = TenantTokens() })
        let client = world.client(scopes: ["read"])
        await Tenant.$current.withValue("a") {
            #expect(await client.outcome() == "200")
            #expect(await client.outcome(.get, "/admin") == "200")
            #expect(await client.outcome(.delete) == "200")
            #expect(await client.options(.parameters(["tenant": "b", "x": "y"])).outcome() == "200")
        }
        let forms = world.server.requests(to: .token).map(\.form)
        #expect(forms.map { $0["scope"] } == ["read", "write", "read", "read"])
        #expect(forms.map { $0["resource"] } == [nil, nil, "https://api.example.com/a", nil])
        #expect(forms.map { $0["tenant"] } == ["a", "a", "a", "a"])
        #expect(forms.map { $0["x"] } == [nil, nil, nil, "y"])
    }

    @Test("If it throws, nothing is sent, and the text of its error is not part of the description")
    func rejection() async throws {
        let world = World(configure: { $0.tokenRequestCustomizer = TenantTokens() })
        for client in [world.client(), world.client().options(.timeout(.seconds(5)))] {
            let failure = try #require(await client.failure())
            #expect(failure.kind == .noToken)
            #expect("\(failure)".contains("NoTenant"))
            #expect(!"\(failure)".contains("s3cret"))
        }
        #expect(world.tokenRequests == 0)
        #expect(world.api.count == 0)
    }

    @Test("A 401 renews the token of the tenant and no other")
    func rejected() async throws {
        let world = World(configure: { $0.tokenRequestCustomizer = TenantTokens() })
        let client = world.client()
        for tenant in ["a", "b"] {
            #expect(await Tenant.$current.withValue(tenant) { await client.outcome() } == "200")
        }
        world.api.inject(.status(401, fields: ["WWW-Authenticate": "Bearer error=\"invalid_token\""]))
        #expect(await Tenant.$current.withValue("a") { await client.outcome() } == "200")
        #expect(await Tenant.$current.withValue("b") { await client.outcome() } == "200")
        #expect(world.server.requests(to: .token).compactMap { $0.form["tenant"] } == ["a", "b", "a"])
    }
}
