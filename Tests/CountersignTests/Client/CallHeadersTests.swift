import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Header fields as a call option", .timeLimit(.minutes(15)))
struct CallHeadersTests {
    @Test("The fields are added to each attempt of calls with and without a schema")
    func fields() async throws {
        let world = World(jitter: { 0 }, handler: { _ in .json(#"{"id":"1"}"#) })
        world.api.inject(.status(503))
        _ = try await CatalogAPI(world).options(.headers(["X-Api-Version": "2", "X-Api-Version": "3"])).getItem(id: "1")
        _ = await world.client().options(.headers(["X-Api-Version": "4"])).outcome()
        let sent = world.api.requests.map { $0.request.fields.values(for: "X-Api-Version") }
        #expect(sent == [["2", "3"], ["2", "3"], ["4"]])
        // Token requests do not have them.
        #expect(world.server.requests.allSatisfy { !$0.request.fields.contains("X-Api-Version") })
    }

    @Test("A field replaces Accept and an earlier option, and fields of the call take precedence")
    func precedence() async throws {
        let world = World(jitter: { 0 }, handler: { _ in .json(#"{"id":"1"}"#) })
        let catalog = CatalogAPI(world).options(
            .headers(["Accept": "application/vnd.example+json", "X-Tenant": "a"]),
            .headers(["x-tenant": "b", "Idempotency-Key": "of the option"])
        )
        _ = try await catalog.createItem(CatalogAPI.Item(id: "1"), idempotencyKey: "of the call")
        let fields = try #require(world.api.requests.first?.request.fields)
        #expect(fields.values(for: "Accept") == ["application/vnd.example+json"])
        #expect(fields.values(for: "X-Tenant") == ["b"])
        #expect(fields.values(for: "Idempotency-Key") == ["of the call"])
    }

    @Test(
        "A field that the runtime sets, or an invalid value, rejects the call before anything is sent",
        arguments: [
            "Authorization", "authorization", "DPoP", "Host", "Content-Length", "Content-Type", "Cookie", "Connection",
            "Transfer-Encoding", "Expect", "TE", "Trailer", "Upgrade", "Proxy-Authorization",
        ].map { ($0, "x") } + [("X-Tenant", "a\r\nAuthorization: Bearer x"), ("X-Tenant", "a\0")]
    )
    func rejected(name: String, value: String) async throws {
        let world = World(handler: { _ in .json(#"{"id":"1"}"#) })
        let option = CallOption.headers([try #require(HTTP.FieldName(name)): value])
        let failure = try #require(await world.client().options(option).failure())
        #expect(failure.kind == .invalidRequest)
        #expect(failure.description.contains(name))
        do {
            _ = try await CatalogAPI(world).options(option).getItem(id: "1")
            Issue.record("the call was sent")
        } catch {
            #expect(error.kind == .invalidRequest)
        }
        #expect(world.api.count == 0 && world.tokenRequests == 0)
    }
}
