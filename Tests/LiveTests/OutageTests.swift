import Countersign
import Foundation
import Synchronization
import Testing

@Suite("glewlwyd stopped, killed and brought back under load", .liveServers, .timeLimit(.minutes(15)))
struct OutageTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let clock = ShiftedClock()

    init() throws {
        servers = try LiveServers.load()
    }

    enum Outage: CaseIterable {
        /// It has a time-out to wait for at every attempt: nothing answers.
        case stopped
        /// Its port is closed.
        case killed
    }

    @Test(
        "P13: calls go on with the token that is held, and it is renewed after the end",
        arguments: Outage.allCases
    )
    func outage(_ outage: Outage) async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let credentials = try servers.secret("basic")
        let api = GreetingAPI(
            secretBasic: credentials,
            secretPost: credentials,
            secretJWT: credentials,
            privateKeyJWT: credentials,
            server: servers.api,
            runtime: .recording(transport) {
                $0.clock = clock
                $0.tokenRequestTimeout = .milliseconds(500)
            }
        )
        let first = try await api.greetWithSecretBasic()
        let old = try await api.tokens.current()
        let lifetime = try #require(old.lifetime)
        try #require(lifetime >= .seconds(300))

        let load = Load()
        let calls = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var calls = 0
                    while !load.isOver.load(ordering: .relaxed) {
                        guard try await api.greetWithSecretBasic() == first else {
                            throw LiveServers.Missing(what: "greeting")
                        }
                        calls += 1
                    }
                    return calls
                }
            }
            defer { load.isOver.store(true, ordering: .relaxed) }
            outage == .stopped ? process.stop() : try await process.kill()
            // Into the lead, and on through it: at each step the next attempt is due, for no pause without a token is
            // longer than five seconds; and all of them together end before the token does.
            clock.shift(by: lifetime / 2)
            for _ in 0..<4 {
                clock.shift(by: .seconds(6))
                let failure = await renew(api)
                #expect(failure?.isTransient == true)
            }
            #expect(try await api.tokens.current().value == old.value)
            outage == .stopped ? process.goOn() : try process.restart()
            // It starts when it can.
            for _ in 0..<12 {
                clock.shift(by: .seconds(6))
                if try await api.tokens.current().value != old.value { break }
                _ = await renew(api)
                if outage == .killed { try await Task.sleep(for: .milliseconds(250)) }
            }
            #expect(try await api.tokens.current().value != old.value)
            _ = try await api.greetWithSecretBasic()
            load.isOver.store(true, ordering: .relaxed)
            return try await group.reduce(0, +)
        }
        // Every call was answered with 200: one that was not has thrown.
        #expect(calls > 20)
        #expect(Set(transport.statuses(at: "/greeting.json")) == [200])
    }

    /// Asks for a new token, and says why there is none.
    private nonisolated(nonsending) func renew(_ api: GreetingAPI) async -> TokenError? {
        do {
            _ = try await api.options(.forceTokenRenewal).tokens.current()
            return nil
        } catch {
            return error
        }
    }
}

/// Whether those who make calls are to end.
private final class Load: Sendable {
    let isOver = Atomic(false)
}
