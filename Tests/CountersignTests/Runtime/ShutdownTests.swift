import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Shutting a runtime down", .timeLimit(.minutes(15)))
struct ShutdownTests {
    private let telemetry = RecordingTelemetry()

    private func world() -> World { World(configure: { [telemetry] in $0.telemetry = [telemetry] }) }

    /// Waits until a shutdown of the runtime has begun.
    private func waitForShutdown(of runtime: CountersignRuntime) async throws {
        try await waitUntil("the shutdown has begun") { runtime.work.isShuttingDown }
    }

    @Test("A token request under way finishes, its callers get the token, and no other begins")
    func finishes() async throws {
        let world = world()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        async let shutdown = world.runtime.shutdown()
        try await waitForShutdown(of: world.runtime)
        let other = await client.options(.parameters(["tenant": "b"])).failure()
        #expect(other?.tokenError?.kind == .shutDown)
        #expect(other?.tokenError?.isTransient == false)
        #expect(world.tokenRequests == 1)

        gate.open()
        #expect(await shutdown.isComplete)
        #expect(await call == "200")
        #expect(await client.outcome() == "200", "a cached token is still used")
        #expect(world.tokenRequests == 1)
        #expect(telemetry.counts["shutdown finished"] == 1)
    }

    @Test("After a shutdown, a token in its renewal window is used, and an expired one is not replaced")
    func renewalWindow() async throws {
        let world = world()
        let client = world.client()
        #expect(await client.outcome() == "200")
        #expect(await world.runtime.shutdown().isComplete)
        world.clock.advance(by: .seconds(3000))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(await client.outcome() == "200")
        world.clock.advance(by: .seconds(600))
        #expect(await client.failure()?.tokenError?.kind == .shutDown)
        #expect(world.tokenRequests == 1)
    }

    @Test("A shutdown that cannot wait returns the unfinished work, and a later one waits for it")
    func unfinished() async throws {
        let world = world()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        let work = [UnfinishedWork(kind: .renewal, session: nil)]
        #expect(await world.runtime.shutdown(within: .zero).unfinishedWork == work)
        #expect(await world.runtime.shutdown(within: .seconds(-1)).unfinishedWork == work)

        async let limited = world.runtime.shutdown(within: .seconds(5))
        await world.clock.advanceToSleeper(due: .seconds(5)...(.seconds(5)))
        #expect(await limited.unfinishedWork == work)
        #expect(telemetry.counts["shutdown unfinished"] == 3)
        #expect(telemetry.first(.shutdown)?.level == .warning)

        gate.open()
        #expect(await call == "200")
        #expect(await world.runtime.shutdown().isComplete)
    }

    @Test("Concurrent shutdowns wait for the same work, and each returns after its own timeout")
    func concurrent() async throws {
        let world = world()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        async let short = world.runtime.shutdown(within: .seconds(2))
        await world.clock.advanceToSleeper(due: .seconds(2)...(.seconds(2)))
        #expect(await !short.isComplete)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await world.runtime.shutdown(within: .seconds(60)).isComplete } }
            gate.open()
            for await isComplete in group { #expect(isComplete) }
        }
        #expect(await call == "200")
        #expect(await world.runtime.shutdown().isComplete)
        #expect(telemetry.counts["shutdown finished"] == 1, "the event is reported once")
        #expect(world.tokenRequests == 1)
        #expect(world.clock.sleepers == 0)
    }

    @Test("Cancelling the caller of a shutdown returns the unfinished work at once")
    func cancelled() async throws {
        let world = world()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        for isCancelledBefore in [true, false] {
            let start = AsyncGate()
            let shutdown = Task {
                try? await start.pass()
                return await world.runtime.shutdown()
            }
            if isCancelledBefore { shutdown.cancel() }
            start.open()
            if !isCancelledBefore {
                try await waitForShutdown(of: world.runtime)
                shutdown.cancel()
            }
            #expect(await shutdown.value.unfinishedWork == [UnfinishedWork(kind: .renewal, session: nil)])
        }
        gate.open()
        #expect(await call == "200")
    }

    @Test("A timeout that a refresh with metadata and keys can exceed is reported, by run() when the program starts")
    func shortTimeout() async throws {
        let world = World(configure: { [telemetry] configuration in
            configuration.telemetry = [telemetry]
            configuration.shutdownTimeout = .seconds(29)
        })
        let service = Task { await world.runtime.run() }
        try await waitUntil("the short timeout is reported") { telemetry.first(.shortShutdownTimeout) != nil }
        #expect(telemetry.first(.shortShutdownTimeout)?.level == .warning)
        #expect(telemetry.counts == ["shortShutdownTimeout tokenRequestTimeout": 1])
        service.cancel()
        await service.value
        _ = await world.runtime.shutdown(within: .seconds(30))
        #expect(telemetry.counts["shortShutdownTimeout tokenRequestTimeout"] == 1)
        _ = await world.runtime.shutdown(within: .milliseconds(29_999))
        #expect(telemetry.counts["shortShutdownTimeout tokenRequestTimeout"] == 2)
    }

    @Test("run() waits until it is cancelled, and then for the work under way")
    func service() async throws {
        let world = world()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let service = Task { await world.runtime.run() }
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        #expect(!world.runtime.work.isShuttingDown)
        service.cancel()
        try await waitForShutdown(of: world.runtime)
        gate.open()
        await service.value
        #expect(await call == "200")
        #expect(telemetry.counts["shutdown finished"] == 1)
        // Once shut down, it returns at once.
        await world.runtime.run()
    }

    @Test("run() returns after a shutdown elsewhere, and after its own timeout if the work does not finish")
    func serviceEnds() async throws {
        let world = World(configure: { [telemetry] configuration in
            configuration.telemetry = [telemetry]
            configuration.shutdownTimeout = .seconds(5)
        })
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let service = Task { await world.runtime.run() }
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        _ = await world.runtime.shutdown(within: .zero)
        await world.clock.advanceToSleeper(due: .seconds(5)...(.seconds(5)))
        await service.value
        #expect(telemetry.counts["shutdown unfinished"] == 2)
        gate.open()
        _ = await call
    }

    @Test("A shutdown waits for the request of a token source, and no other begins")
    func tokenSource() async {
        let clock = VirtualClock()
        let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 200)))
        let runtime = CountersignRuntime(transport: transport, clock: clock)
        let source = TokenSourceTests.Numbered(clock: clock)
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .token(source, scopes: []),
            runtime: runtime
        )
        let gate = AsyncGate()
        source.wait(for: gate)
        async let call = client.outcome()
        await gate.waitForArrivals(1)
        #expect(await !runtime.shutdown(within: .zero).isComplete)
        gate.open()
        #expect(await call == "200")
        #expect(await runtime.shutdown().isComplete)
        clock.advance(by: .seconds(3600))
        #expect(await client.failure()?.tokenError?.kind == .shutDown)
        #expect(source.requests.count == 1)
    }

    // MARK: Trackers

    @Test("A shutdown of a part leaves the rest running, and a shutdown of the whole includes all parts")
    func tree() async {
        let runtime = CountersignRuntime(transport: ScriptedTransport(), clock: VirtualClock())
        let (first, second) = (WorkTracker(in: runtime.work), WorkTracker(in: runtime.work))
        let session = WorkTracker(in: first)
        let save = session.begin(.save, session: "s")
        let expected = [UnfinishedWork(kind: .save, session: "s")]
        for tracker in [session, first, runtime.work] {
            #expect(await tracker.shutdown(within: .zero).unfinishedWork == expected)
            #expect(second.isShuttingDown == (tracker === runtime.work))
            #expect(session.beginUnlessShuttingDown(.renewal) == nil)
        }
        #expect(await second.shutdown(within: .zero).isComplete)
        save.end()
        save.end()
        for tracker in [session, first, runtime.work] { #expect(await tracker.shutdown(within: nil).isComplete) }
    }

    @Test("Work that its runtime rejects is not left in its part")
    func rejectedByParent() async {
        let runtime = CountersignRuntime(transport: ScriptedTransport(), clock: VirtualClock())
        let part = WorkTracker(in: runtime.work)
        _ = await runtime.shutdown()
        #expect(part.isShuttingDown)
        #expect(part.beginUnlessShuttingDown(.renewal) == nil)
        #expect(await part.shutdown(within: .seconds(1)).isComplete)
    }

    @Test("The same work of a session is named once, and work without a session as often as it is under way")
    func names() async {
        let runtime = CountersignRuntime(transport: ScriptedTransport(), clock: VirtualClock())
        for _ in 0..<3 { _ = runtime.work.begin(.removal, session: "b") }
        for _ in 0..<2 { _ = runtime.work.begin(.renewal) }
        _ = runtime.work.begin(.revocation, session: "a")
        let result = await runtime.shutdown(within: .zero)
        #expect(
            "\(result)" == """
                shut down, unfinished work: removal of session b, renewal, renewal, revocation of session a
                """
        )
    }

    @Test("A shutdown ends a wait, whether it begins before or during the wait")
    func waits() async {
        let clock = VirtualClock()
        let runtime = CountersignRuntime(transport: ScriptedTransport(), clock: clock)
        let session = WorkTracker(in: runtime.work)
        async let wait: Void = session.untilShutdown {
            try? await clock.sleep(until: clock.now().advanced(by: .seconds(60)))
        }
        await clock.waitForSleepers(1)
        _ = await runtime.shutdown()
        await wait
        await session.untilShutdown { try? await clock.sleep(until: clock.now().advanced(by: .seconds(60))) }
        #expect(clock.sleepers == 0)
    }

    @Test("No renewal begins after a shutdown has returned, and none is forgotten, in concurrent schedules")
    func races() async {
        for round in 0..<200 {
            let runtime = CountersignRuntime(transport: ScriptedTransport(), clock: VirtualClock())
            let parts = (0..<4).map { _ in WorkTracker(in: runtime.work) }
            let underWay = Counter()
            let results = await withTaskGroup(of: ShutdownResult?.self) { group in
                for task in 0..<16 {
                    group.addTask {
                        for _ in 0..<task {
                            guard let work = parts[task % 4].beginUnlessShuttingDown(.renewal) else { return nil }
                            underWay.count.withLock { $0 += 1 }
                            if task.isMultiple(of: 3) { await Task.yield() }
                            underWay.count.withLock { $0 -= 1 }
                            work.end()
                        }
                        return nil
                    }
                }
                for tracker in [runtime.work, parts[round % 4]] {
                    group.addTask {
                        let result = await tracker.shutdown(within: .seconds(30))
                        if tracker === runtime.work { #expect(underWay.count.withLock { $0 } == 0) }
                        return result
                    }
                }
                return await group.reduce(into: [ShutdownResult]()) { if let result = $1 { $0.append(result) } }
            }
            #expect(results.count == 2 && results.allSatisfy(\.isComplete), "round \(round)")
            #expect(parts.allSatisfy { $0.beginUnlessShuttingDown(.renewal) == nil })
        }
    }
}

/// The number of tasks that work at the same time.
private final class Counter: Sendable {
    let count = Locked(0)
}
