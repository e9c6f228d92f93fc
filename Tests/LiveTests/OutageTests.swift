import Countersign
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Outages of glewlwyd under load", .liveServers, .timeLimit(.minutes(15)))
struct OutageTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let clock = ShiftedClock()

    init() throws {
        servers = try LiveServers.load()
    }

    enum Outage: CaseIterable {
        /// The process is suspended: every attempt times out.
        case suspended
        /// The process has ended: its port is closed.
        case killed
    }

    @Test(
        "P13: calls continue with the cached token during an outage, and the token is renewed after it",
        arguments: Outage.allCases
    )
    func outage(_ outage: Outage) async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let runtime = CountersignRuntime(transport: transport, clock: clock) {
            $0.tokenRequestTimeout = .milliseconds(500)
        }
        let api = servers.greetingAPI(try servers.secret("basic"), runtime: runtime)
        let first = try await api.greetWithSecretBasic()
        let old = try await api.tokens.current()
        let lifetime = try #require(old.lifetime)
        try #require(lifetime >= .seconds(300))

        let load = Load()
        let calls = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var calls = 0
                    while !load.hasEnded.load(ordering: .relaxed) {
                        let greeting = try await api.greetWithSecretBasic()
                        try #require(greeting == first)
                        calls += 1
                    }
                    return calls
                }
            }
            defer { load.hasEnded.store(true, ordering: .relaxed) }
            outage == .suspended ? process.suspend() : try await process.kill()
            // The shifts start the renewal and then make each retry due, because no backoff exceeds five seconds. All of
            // them together end before the token expires.
            clock.shift(by: lifetime / 2)
            for _ in 0..<4 {
                clock.shift(by: .seconds(6))
                let failure = await renew(api)
                #expect(failure?.isTransient == true)
            }
            #expect(try await api.tokens.current().value == old.value)
            outage == .suspended ? process.resume() : try process.restart()
            // Starting takes the server some time.
            for _ in 0..<12 {
                clock.shift(by: .seconds(6))
                if try await api.tokens.current().value != old.value { break }
                _ = await renew(api)
                if outage == .killed { try await Task.sleep(for: .milliseconds(250)) }
            }
            #expect(try await api.tokens.current().value != old.value, "the token must be renewed after the outage")
            _ = try await api.greetWithSecretBasic()
            load.hasEnded.store(true, ordering: .relaxed)
            return try await group.reduce(0, +)
        }
        // Calls with another status than 200 have thrown.
        #expect(calls > 20)
        #expect(Set(transport.statuses(at: "/greeting.json")) == [200])
    }

    /// Requests a new token and returns the error.
    private nonisolated(nonsending) func renew(_ api: GreetingAPI) async -> TokenError? {
        do {
            _ = try await api.options(.forceTokenRenewal).tokens.current()
            return nil
        } catch {
            return error
        }
    }
}

/// The flag that ends the tasks that make calls.
private final class Load: Sendable {
    let hasEnded = Atomic(false)
}
