import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

@Suite("Memory token store")
struct MemoryTokenStoreTests {
    private let clock = VirtualClock()

    @Test("The memory token store conforms to the protocol", arguments: [false, true])
    func conformance(leasesExpire: Bool) async throws {
        let (clock, store) = (clock, MemoryTokenStore(clock: clock, leasesExpire: leasesExpire))
        let conformance = TokenStoreConformance(store, date: clock.date()) { clock.advance(by: $0) }
        #expect(try await conformance.violations() == [])
    }

    @Test("An entry prints its version and not its contents")
    func printing() {
        let entry = StoredEntry(contents: Array("canary".utf8), version: StoreVersion("v1"))
        #expect("\(entry)" == "StoredEntry(v1, <redacted>)")
        var dumped = ""
        dump(entry, to: &dumped)
        #expect(!dumped.contains("99"), "99 is the letter c")
    }

    @Test("Waiters get a lease in the order of their calls")
    func order() async throws {
        let store = MemoryTokenStore(clock: clock)
        let first = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
        let (holders, holder) = AsyncStream.makeStream(of: Int.self)
        let order = await withTaskGroup { group in
            for number in 1...5 {
                group.addTask {
                    let lease = try? await store.lease("a", for: .seconds(60), waitingAtMost: .seconds(60))
                    holder.yield(number)
                    await lease?.release()
                }
                await clock.waitForSleepers(number)
            }
            await first.release()
            await group.waitForAll()
            holder.finish()
            return await holders.reduce(into: []) { $0.append($1) }
        }
        #expect(order == [1, 2, 3, 4, 5])
    }

    @Test("A waiter for a lease times out, and the holder keeps the lease")
    func timeout() async throws {
        let store = MemoryTokenStore(clock: clock)
        let lease = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
        async let other = storeErrorKind {
            _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .seconds(5))
        }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(5))
        #expect(await other == .leaseUnavailable)
        #expect(await lease.isHeld())
    }

    @Test("P35: With expiring leases, a holder loses the lease after its duration and can tell")
    func durations() async throws {
        let store = MemoryTokenStore(clock: clock, leasesExpire: true)
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
        #expect(await other.isHeld(), "a late release does not affect the next holder")
    }

    @Test("A lease is released with its last reference")
    func lastReference() async throws {
        let store = MemoryTokenStore(clock: clock)
        do { _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero) }
        _ = try await store.lease("a", for: .seconds(60), waitingAtMost: .zero)
    }

    @Test("Expired entries are removed on demand, and counted")
    func expiry() async throws {
        let store = MemoryTokenStore(clock: clock)
        let now = clock.date()
        _ = try await store.save([1], as: "short", replacing: nil, until: now + 1)
        _ = try await store.save([1], as: "long", replacing: nil, until: now + 9)
        _ = try await store.save([1], as: "endless", replacing: nil, until: nil)
        #expect(await store.removeExpired() == 0)
        clock.advance(by: .seconds(1))
        #expect(await store.removeExpired() == 1)
        #expect(try await store.load("long") != nil)
    }
}

/// Returns the kind of the error that an operation throws; nil if it succeeds.
func storeErrorKind(_ operation: () async throws -> Void) async -> TokenStoreError.Kind? {
    do {
        try await operation()
        return nil
    } catch let error as TokenStoreError {
        return error.kind
    } catch {
        Issue.record(error)
        return nil
    }
}
