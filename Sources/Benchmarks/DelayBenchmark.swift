import Countersign
import Foundation
import Synchronization

/// The delays that other callers and a slow or failing token endpoint cause to a caller, in real time.
enum DelayBenchmark {
    private static let rounds = 9

    @Sendable static func run() async throws -> Table {
        var table = Table("Delays of a caller", columns: "", "p50 µs", "p99 µs", "longest µs")
        let (quiet, stalled) = try await ofStalledIdentity()
        table.add("a cold token, no other identity", quiet)
        let added = max(0, stalled.p99 - quiet.p99)
        table.add("a cold token, another stalled", stalled, [.atMost(5000, added, "µs more at p99", promise: 2)])
        let left = try await ofCancellation()
        table.add("returning after a cancellation", left, [.atMost(50_000, left.longest, "µs at most", promise: 4)])
        let (fresh, renewed) = try await ofRenewal()
        table.add("a call with a fresh token", fresh)
        let ratio = renewed.p99 / fresh.p99
        // A fifth of a few microseconds is less than a timer can tell: 5 µs more are within the promise, too.
        let limit = max(1.2, (100 + 500 / fresh.p99).rounded() / 100)
        let renewalTarget = Target.atMost(limit, ratio, "× the p99 with a fresh token", promise: 11)
        table.add("a call during a renewal", renewed, [renewalTarget])
        let backingOff = try await ofFailure(status: 503)
        table.add(
            "failing during the backoff",
            backingOff,
            [.atMost(5000, backingOff.longest, "µs at most", promise: 14)]
        )
        let rejected = try await ofFailure(status: 401)
        table.add("failing after a rejection", rejected, [.atMost(1000, rejected.longest, "µs at most", promise: 21)])
        table.note("The longest: the median over \(rounds) rounds of the longest of 1,000 delays in a round.")
        return table
    }

    private static func ofStalledIdentity() async throws -> (quiet: Delays, stalled: Delays) {
        var (quiet, stalled) = (Delays(), Delays())
        for _ in 0..<rounds {
            for stalls in [false, true] {
                let endpoint = Endpoint()
                let api = endpoint.client()
                let waiting =
                    stalls ? Task { try? await api.options(.parameters(["t": "stalled"])).tokens.current() } : nil
                if stalls { try await endpoint.waitForStalled() }
                let delays = try await Delays.round { number in
                    keep(try await api.options(.parameters(["t": String(number)])).tokens.current())
                }
                if stalls { stalled += delays } else { quiet += delays }
                endpoint.isStalling.store(false, ordering: .relaxed)
                waiting?.cancel()
                _ = await waiting?.value
            }
        }
        return (quiet, stalled)
    }

    /// Cancels each of a thousand callers that wait for one token.
    private static func ofCancellation() async throws -> Delays {
        var all = Delays()
        for _ in 0..<rounds {
            let endpoint = Endpoint()
            let api = endpoint.client().options(.parameters(["t": "stalled"]))
            let waiting = (0..<1000).map { _ in Task { try? await api.tokens.current() } }
            try await endpoint.waitForStalled()
            all += try await Delays.round { number in
                waiting[number].cancel()
                keep(await waiting[number].value)
            }
            endpoint.isStalling.store(false, ordering: .relaxed)
        }
        return all
    }

    /// Renews tokens of ten seconds after five seconds, at a slow token endpoint.
    private static func ofRenewal() async throws -> (fresh: Delays, renewed: Delays) {
        var (fresh, renewed) = (Delays(), Delays())
        for _ in 0..<rounds {
            let clock = SteppingClock()
            let endpoint = Endpoint(lifetime: 10)
            let api = endpoint.client(clock: clock)
            _ = try await api.itemByBearer(id: "it_1", view: "full")
            fresh += try await Delays.round { _ in keep(try await api.itemByBearer(id: "it_1", view: "full")) }
            clock.step(by: .seconds(6))
            endpoint.isSlow.store(true, ordering: .relaxed)
            renewed += try await Delays.round { _ in keep(try await api.itemByBearer(id: "it_1", view: "full")) }
            endpoint.isSlow.store(false, ordering: .relaxed)
            try await wait(for: "the renewal") { endpoint.tokenRequests.load(ordering: .relaxed) >= 2 }
        }
        return (fresh, renewed)
    }

    private static func ofFailure(status: Int) async throws -> Delays {
        var all = Delays()
        for _ in 0..<rounds {
            let endpoint = Endpoint(failure: status)
            let tokens = endpoint.client(clock: SteppingClock()).tokens
            _ = try? await tokens.current()
            all += try await Delays.round { _ in keep(try? await tokens.current()) }
        }
        return all
    }
}

/// The delays of several rounds of callers, in microseconds.
private struct Delays {
    private var rounds: [[Double]] = []

    static func round(_ body: (Int) async throws -> Void) async throws -> Delays {
        var delays: [Double] = []
        for number in 0..<1000 {
            let start = ContinuousClock.now
            try await body(number)
            delays.append((ContinuousClock.now - start).microseconds)
        }
        var all = Delays()
        all.rounds = [delays]
        return all
    }

    static func += (left: inout Delays, right: Delays) { left.rounds += right.rounds }

    var p50: Double { rounds.map { $0.quantile(0.5) }.median }
    var p99: Double { rounds.map { $0.quantile(0.99) }.median }
    var longest: Double { rounds.map { $0.max() ?? .nan }.median }
}

extension Table {
    fileprivate mutating func add(_ name: String, _ delays: Delays, _ targets: [Target] = []) {
        add(name, delays.p50.text(1), delays.p99.text(1), delays.longest.text(1), targets: targets)
    }
}

/// The error of a wait that took too long.
private struct WaitTimeout: Error, CustomStringConvertible {
    let description: String
}

/// Waits until a condition holds, at most for a minute.
private func wait(for expectation: String, until condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else {
            throw WaitTimeout(description: "waited a minute for \(expectation)")
        }
        await Task.yield()
    }
}

/// A transport whose token endpoint is slow, stalls for one identity, or fails.
private final class Endpoint: HTTP.Transport {
    let isStalling = Atomic(true)
    let isSlow = Atomic(false)
    let tokenRequests = Atomic(0)
    private let stalled = Atomic(false)
    private let lifetime: Int
    private let failure: Int?
    private let item = HTTP.Response(json: Catalog.responseBody(to: "/"))

    init(lifetime: Int = 3600, failure: Int? = nil) {
        self.lifetime = lifetime
        self.failure = failure
    }

    func client(clock: any RuntimeClock = SystemClock()) -> CatalogAPI {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = self
        configuration.clock = clock
        return Catalog.client(at: "https://api.example", runtime: CountersignRuntime(configuration))
    }

    func waitForStalled() async throws {
        try await wait(for: "the stalled token request") { stalled.load(ordering: .acquiring) }
    }

    func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        guard request.url.target.hasPrefix("/token") else { return item }
        if let failure {
            var response = HTTP.Response(json: #"{"error":"\#(failure == 401 ? "invalid_client" : "busy")"}"#)
            response.status = HTTP.Status(rawValue: failure)
            return response
        }
        if let body = request.body?.bytes, String(decoding: body, as: UTF8.self).hasSuffix("t=stalled") {
            stalled.store(true, ordering: .releasing)
            while isStalling.load(ordering: .relaxed) { await pause() }
        }
        while isSlow.load(ordering: .relaxed) { await pause() }
        let number = tokenRequests.add(1, ordering: .relaxed).newValue
        return HTTP.Response(json: #"{"access_token":"t\#(number)","token_type":"Bearer","expires_in":\#(lifetime)}"#)
    }

    private func pause() async { try? await Task.sleep(for: .milliseconds(1)) }
}

/// The clock of the machine, which can be moved forward.
private final class SteppingClock: RuntimeClock {
    private let machine = SystemClock()
    private let ahead = Atomic<Int64>(0)

    func step(by duration: Duration) {
        ahead.add(Int64(duration / .nanoseconds(1)), ordering: .relaxed)
    }

    func now() -> MonotonicInstant { machine.now().advanced(by: .nanoseconds(ahead.load(ordering: .relaxed))) }

    func date() -> Date { machine.date() }

    func sleep(until instant: MonotonicInstant) async throws(CancellationError) {
        try await machine.sleep(until: instant.advanced(by: .nanoseconds(-ahead.load(ordering: .relaxed))))
    }
}
