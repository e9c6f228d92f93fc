import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Memory store")
struct MemoryTokenStoreTests {
    private let clock = VirtualClock()

    @Test("The memory store keeps what the protocol promises", arguments: [false, true])
    func promises(leasesEnd: Bool) async throws {
        let (clock, store) = (clock, MemoryTokenStore(clock: clock, leasesEnd: leasesEnd))
        let check = TokenStoreConformance(store, unixTime: clock.unixTime()) { clock.advance(by: $0) }
        #expect(try await check.violations() == [])
    }

    @Test("An entry prints its version and not its contents")
    func printing() {
        let entry = StoredEntry(contents: Array("canary".utf8), version: StoreVersion("v1"))
        #expect("\(entry)" == "StoredEntry(v1, <redacted>)")
        var dumped = ""
        dump(entry, to: &dumped)
        #expect(!dumped.contains("99"), "99 is the letter c")
    }

    @Test("Leases go to those who wait in the order in which they came")
    func order() async throws {
        let store = MemoryTokenStore(clock: clock)
        let first = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
        let (turns, turn) = AsyncStream.makeStream(of: Int.self)
        let tasks = await withTaskGroup { group in
            for number in 1...5 {
                group.addTask {
                    let lease = try? await store.lease("a", for: .seconds(60), waitingAtMost: .seconds(60))
                    turn.yield(number)
                    await lease?.release()
                }
                await clock.waitForSleepers(number)
            }
            await first.release()
            await group.waitForAll()
            turn.finish()
            return await turns.reduce(into: []) { $0.append($1) }
        }
        #expect(tasks == [1, 2, 3, 4, 5])
    }

    @Test("Who waits for a lease leaves when its patience ends, and the lease stays where it is")
    func patience() async throws {
        let store = MemoryTokenStore(clock: clock)
        let lease = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
        async let other = kind { _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .seconds(5)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(5))
        #expect(await other == .leaseUnavailable)
        #expect(await lease.isHeld())
    }

    @Test("A lease ends after its duration where that is asked for, and its first holder is told (P35)")
    func durations() async throws {
        let store = MemoryTokenStore(clock: clock, leasesEnd: true)
        let lease = try await store.lease("a", for: .seconds(30), waitingAtMost: .zero)
        async let next = store.lease("a", for: .seconds(30), waitingAtMost: .seconds(60))
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(29))
        #expect(await lease.isHeld())
        clock.advance(by: .seconds(1))
        let other = try await next
        #expect(await other.isHeld())
        #expect(!(await lease.isHeld()))
        await lease.release()
        #expect(await other.isHeld(), "a late release is nobody else's")
    }

    @Test("A lease that its holder forgets is given back")
    func forgotten() async throws {
        let store = MemoryTokenStore(clock: clock)
        do { _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero) }
        _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
    }

    @Test("Expired entries are removed on demand, and counted")
    func expiry() async throws {
        let store = MemoryTokenStore(clock: clock)
        let now = clock.unixTime()
        _ = try await store.save([1], as: "short", replacing: nil, until: now + .seconds(1))
        _ = try await store.save([1], as: "long", replacing: nil, until: now + .seconds(9))
        _ = try await store.save([1], as: "endless", replacing: nil, until: nil)
        #expect(await store.removeExpired() == 0)
        clock.advance(by: .seconds(1))
        #expect(await store.removeExpired() == 1)
        #expect(try await store.load("long") != nil)
    }
}

/// How a body failed; `nil` when it did not.
func kind(_ body: () async throws -> Void) async -> TokenStoreError.Kind? {
    do {
        try await body()
        return nil
    } catch let error as TokenStoreError {
        return error.kind
    } catch {
        Issue.record(error)
        return nil
    }
}
