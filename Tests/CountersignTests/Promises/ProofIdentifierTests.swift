import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Proofs are never reused", .timeLimit(.minutes(15)))
struct ProofIdentifierTests {
    /// A transport that records the identifier of every proof, and resets a connection now and then.
    private final class TrackingTransport: HTTP.Transport {
        private struct State {
            var generator = SeededGenerator(seed: 49)
            var seen: Set<String> = []
            var requests = 0
            var resets = 0
            var reused = 0
        }

        private let state = Locked(State())

        var figures: (requests: Int, resets: Int, reused: Int) {
            state.withLock { ($0.requests, $0.resets, $0.reused) }
        }

        func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
            guard let proof = request.fields[.dpop], let identifier = Self.identifier(of: proof) else {
                return HTTP.Response(status: 400)
            }
            let (isReset, wasProcessed) = state.withLock { state in
                state.requests += 1
                if !state.seen.insert(identifier).inserted { state.reused += 1 }
                let isReset = Int.random(in: 0..<20, using: &state.generator) == 0
                if isReset { state.resets += 1 }
                return (isReset, Bool.random(using: &state.generator))
            }
            if isReset { throw .failing(.closed, processed: wasProcessed) }
            return HTTP.Response(status: 204)
        }

        private static func identifier(of proof: String) -> String? {
            let parts = proof.utf8.split(separator: UInt8(ascii: "."))
            guard parts.count == 3, let claims = Base64URL.decode(String(parts[1]) ?? ""),
                let document = try? JSONDocument(parsing: claims)
            else { return nil }
            return document.root["jti"]?.string
        }
    }

    private struct OneToken: TokenSource {
        let token: AccessToken

        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken { token }
    }

    @Test("P49: no proof is sent twice, whichever connections are reset")
    func resets() async throws {
        let calls = Promise.isFullRun ? 100_000 : 20_000
        let transport = TrackingTransport()
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let source = OneToken(token: try AccessToken("t", boundTo: .generate()))
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .token(source),
            runtime: CountersignRuntime(configuration)
        )
        let succeeded = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var succeeded = 0
                    for _ in 0..<(calls / 4) where await client.outcome() == "204" { succeeded += 1 }
                    return succeeded
                }
            }
            return await group.reduce(0, +)
        }
        let (requests, resets, reused) = transport.figures
        #expect(reused == 0)
        #expect(resets > calls / 40)
        #expect(requests > calls)
        // After two resets in a row, once in 400 calls, the call fails.
        #expect(succeeded > calls * 98 / 100)
        Promise.seen(49, "\(reused) reused in \(calls) calls, \(requests) requests, \(resets) resets")
    }

    @Test("P41: the identifiers of proofs have 128 random bits and do not repeat")
    func identifiers() throws {
        let count = Promise.isFullRun ? 10_000_000 : 200_000
        var seen: Set<SIMD2<UInt64>> = []
        seen.reserveCapacity(count)
        for _ in 0..<count {
            let bytes = try #require(Base64URL.decode(JSONWebSignature.newTokenID()))
            try #require(bytes.count == 16)
            let halves = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD2<UInt64>.self) }
            seen.insert(halves)
        }
        #expect(seen.count == count)
        Promise.seen(41, "\(count - seen.count) repeated in \(count) identifiers of 128 bits")
    }

    @Test("P47: the nonce of a token endpoint is used in the first proof of the next request to it")
    func knownNonce() async throws {
        let world = World()
        world.server.configuration.nonces = .required
        #expect(await world.client(dpop: .es256).outcome() == "200")
        #expect(world.tokenRequests == 2)
        // A token of another identity from the same endpoint causes no challenge.
        #expect(await world.client(scopes: ["read"], dpop: .es256).outcome() == "200")
        #expect(world.tokenRequests == 3)
        Promise.seen(
            47,
            "challenges in \(world.tokenRequests) token requests: \(world.server.requests(to: .token).filter { $0.status == 400 }.count), the first"
        )
    }
}
