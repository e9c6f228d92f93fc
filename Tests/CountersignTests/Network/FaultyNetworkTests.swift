import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Tests with libcurl, sockets and network faults.
///
/// Only the lifetimes of tokens use a virtual clock.
@Suite("Network faults, end to end", .timeLimit(.minutes(15)))
struct FaultyNetworkTests {
    private final class Site: Sendable {
        let clock = VirtualClock()
        let server: FaultyServer
        let api: FaultyServer
        let client: APIClient

        init(dpop: DPoPAlgorithm? = nil) throws {
            server = try FaultyServer { number in
                #"{"access_token":"t\#(number)","token_type":"\#(dpop == nil ? "Bearer" : "DPoP")","expires_in":3600}"#
            }
            api = try FaultyServer { _ in #"{"a":"some body that can be cut in its middle"}"# }
            server.start()
            api.start()
            var configuration = CountersignRuntime.Configuration()
            configuration.transport = CurlTransport()
            configuration.clock = clock
            configuration.tokenRequestTimeout = .milliseconds(250)
            configuration.jitter = { 0.5 }
            configuration.renewal.maximumAttempts = 1
            client = APIClient(
                server: "http://127.0.0.1:\(api.port)",
                authorization: .clientCredentials(
                    World.credentials.tokenEndpoint("http://127.0.0.1:\(server.port)/token"),
                    OAuthConfiguration(dpop: dpop)
                ),
                runtime: CountersignRuntime(configuration)
            )
        }

        deinit {
            server.stop()
            api.stop()
        }
    }

    private static let faults = FaultyServer.Fault.allCases.filter { $0 != .none }

    @Test(
        "P13: while a valid token is cached, no network fault at the token endpoint fails a call",
        arguments: faults
    )
    func held(fault: FaultyServer.Fault) async throws {
        let site = try Site()
        #expect(await site.client.outcome() == "200")
        site.server.fault = fault
        site.clock.advance(by: .seconds(3600 - 1210))
        for _ in 0..<12 {
            #expect(await site.client.outcome() == "200")
            await site.client.settle()
            site.clock.advance(by: .seconds(100))
        }
        #expect(Set(site.api.requests.map { $0["Authorization"] }) == ["Bearer t1"])
        // The token is valid for another 10 s. The fault ends, and so does the backoff.
        site.server.fault = .none
        await site.client.settle()
        site.clock.advance(by: .seconds(9))
        _ = await site.client.outcome()
        await site.client.settle()
        site.clock.advance(by: .seconds(60))
        #expect(await site.client.outcome() == "200")
        #expect(site.api.requests.last?["Authorization"] != "Bearer t1")
    }

    @Test(
        "P14: without a token each such fault is a typed, transient error, and the first response ends it",
        arguments: faults
    )
    func none(fault: FaultyServer.Fault) async throws {
        let site = try Site()
        site.server.fault = fault
        let failure = try #require(await site.client.failure())
        #expect(failure.tokenError?.isTransient == true)
        #expect(failure.tokenError?.retryAfter.map { $0 > .zero && $0 <= .seconds(5) } == true)
        #expect(site.api.requests.isEmpty)
        let asked = site.server.requests.count
        #expect(asked <= 2)
        for _ in 0..<10 { #expect(await site.client.failure()?.tokenError?.kind == failure.tokenError?.kind) }
        #expect(site.server.requests.count == asked)
        site.server.fault = .none
        site.clock.advance(by: .seconds(5))
        #expect(await site.client.outcome() == "200")
    }

    @Test(
        "P49: a fault at the API reaches the caller; only repeatable requests are sent twice, and never a proof",
        arguments: faults
    )
    func api(fault: FaultyServer.Fault) async throws {
        let site = try Site(dpop: .es256)
        #expect(await site.client.outcome() == "200")
        let hurried = site.client.options(.timeout(.milliseconds(250)))
        for method in [HTTP.Method.get, .post] {
            site.api.fault = fault
            let before = site.api.requests.count
            let failure = try #require(await hurried.failure(method))
            #expect([.transport, .timedOut].contains(failure.kind))
            #expect(failure.status == nil)
            #expect(site.api.requests.count - before <= (method == .get ? 2 : 1))
            site.api.fault = .none
            #expect(await site.client.outcome(method) == "200")
        }
        let proofs = (site.api.requests + site.server.requests).compactMap { $0["DPoP"] }
        #expect(proofs.count == site.api.requests.count + 1)
        #expect(Set(proofs).count == proofs.count)
        #expect(site.server.requests.count == 1)
    }

    @Test("A pooled connection that breaks between calls does not fail the next call")
    func brokenBetweenCalls() async throws {
        let site = try Site(dpop: .es256)
        for method in [HTTP.Method.get, .get, .put, .get, .delete] {
            #expect(await site.client.outcome(method) == "200")
            // Breaks the existing connections.
            site.api.fault = .none
        }
    }
}
