import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("File token store")
struct FileTokenStoreTests {
    static let key: [UInt8] = Array(repeating: 7, count: 32)

    private let folder: TemporaryFolder
    private let clock = VirtualClock()
    private let encryption: StoreEncryption

    init() throws {
        folder = try TemporaryFolder()
        encryption = try .aes256GCM(keys: [Self.key])
    }

    private func open(_ encryption: StoreEncryption? = nil) throws -> FileTokenStore {
        try FileTokenStore(directory: folder.path("t"), encryption: encryption ?? self.encryption, clock: clock)
    }

    @Test("The file token store conforms to the protocol, with and without encryption", arguments: [true, false])
    func conformance(isEncrypted: Bool) async throws {
        let store = try open(isEncrypted ? nil : StoreEncryption.none)
        let conformance = TokenStoreConformance(store, date: clock.date()) { [clock] in clock.advance(by: $0) }
        #expect(try await conformance.violations() == [])
    }

    @Test("Entries survive a restart")
    func persistence() async throws {
        let version = try await open().save([1, 2], as: "a", replacing: nil, until: nil)
        #expect(try await open().load("a") == StoredEntry(contents: [1, 2], version: version))
    }

    @Test("Expired entries are removed after a thousand saves", .timeLimit(.minutes(15)))
    func cleanup() async throws {
        let store = try open(StoreEncryption.none)
        for number in 0..<999 {
            _ = try await store.save([1], as: "\(number)", replacing: nil, until: clock.date() + 600)
        }
        clock.advance(by: .seconds(600))
        _ = try await store.save([1], as: "last", replacing: nil, until: nil)
        try await waitUntil("the cleanup has removed the expired entries", timeout: .seconds(600)) {
            try entries() == ["last.entry"]
        }
        #expect(try await store.load("last") != nil)
    }

    @Test("Expired entries are removed by the first call after a quarter of an hour", arguments: [true, false])
    func timedCleanup(saves: Bool) async throws {
        let store = try open(StoreEncryption.none)
        for number in 0..<20 {
            _ = try await store.save([1], as: "\(number)", replacing: nil, until: clock.date() + 600)
        }
        clock.advance(by: .seconds(899))
        #expect(try await store.load("other") == nil)
        #expect(try entries().count == 20)
        clock.advance(by: .seconds(1))
        if saves {
            _ = try await store.save([1], as: "last", replacing: nil, until: nil)
        } else {
            #expect(try await store.load("other") == nil)
        }
        try await waitUntil("the cleanup has removed the expired entries") {
            try entries() == (saves ? ["last.entry"] : [])
        }
    }

    @Test("A cleanup is due after many saves or some time, one at a time, and rarely in a store where it takes long")
    func cleanupSchedule() {
        var now = MonotonicInstant(nanoseconds: 0)
        var cleanup = FileStoreCleanup(at: now)
        func isDue(after delay: Duration = .zero, afterSave: Bool = false) -> Bool {
            cleanup.isDue(at: now.advanced(by: delay), afterSave: afterSave)
        }
        #expect(!isDue())
        now = now.advanced(by: .seconds(900))
        #expect(isDue())
        #expect(!isDue(after: .seconds(9000), afterSave: true), "it is running")
        let start = now
        now = now.advanced(by: .seconds(60))
        cleanup.complete(startedAt: start, at: now, files: 5000)
        #expect(!isDue(after: .seconds(1199)))
        #expect((1..<5000).allSatisfy { _ in !isDue(afterSave: true) })
        #expect(isDue(afterSave: true))
    }

    @Test("Concurrent saves through two stores lose no increment, and each version is unique")
    func races() async throws {
        let stores = [try open(), try open()]
        let names = ["a", "b", "c"]
        for name in names { _ = try await stores[0].save([0], as: name, replacing: nil, until: nil) }
        let versions = await withTaskGroup(of: StoreVersion?.self) { group in
            for index in 0..<60 {
                group.addTask { await Self.increment(names[index % 3], stores[index % 2]) }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(versions.count == 60)
        for name in names { #expect(try await stores[0].load(name)?.contents == [20]) }
    }

    private static func increment(_ name: String, _ store: FileTokenStore) async -> StoreVersion? {
        while true {
            do throws(TokenStoreError) {
                guard let entry = try await store.load(name), let number = entry.contents.first else { return nil }
                return try await store.save([number + 1], as: name, replacing: entry.version, until: nil)
            } catch {
                guard error.kind == .conflict else { return nil }
            }
        }
    }

    @Test("Of 100 tasks that replace the same version, one succeeds and 99 get a conflict")
    func oneWinner() async throws {
        let store = try open()
        let version = try await store.save([0], as: "a", replacing: nil, until: nil)
        let kinds = await withTaskGroup(of: TokenStoreError.Kind?.self) { group in
            for number in 1...100 {
                group.addTask {
                    await storeErrorKind {
                        _ = try await store.save([UInt8(number)], as: "a", replacing: version, until: nil)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.filter { $0 == nil }.count == 1)
        #expect(kinds.filter { $0 == .conflict }.count == 99)
    }

    @Test("An expired entry is removed when it is loaded, and all of them on demand")
    func expiry() async throws {
        let store = try open()
        let end = clock.date() + 10
        for name in ["a", "b", "c"] { _ = try await store.save([1], as: name, replacing: nil, until: end) }
        _ = try await store.save([1], as: "d", replacing: nil, until: nil)
        #expect(try await store.removeExpired() == 0)
        clock.advance(by: .seconds(10))
        #expect(try await store.load("a") == nil)
        #expect(try entries() == ["b.entry", "c.entry", "d.entry"])
        #expect(try await store.removeExpired() == 2)
        #expect(try entries() == ["d.entry"])
    }

    @Test("Unreadable entries are not removed as expired")
    func unreadableEntry() async throws {
        let store = try open()
        _ = try await store.save([1], as: "a", replacing: nil, until: clock.date())
        try folder.overwrite("t/a.entry", Array("garbage".utf8))
        #expect(try await store.removeExpired() == 0)
        #expect(await storeErrorKind { _ = try await store.load("a") } == .corrupt)
        #expect(await storeErrorKind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .corrupt)
        try await store.remove("a", version: nil)
        #expect(try await store.load("a") == nil)
    }

    @Test("Temporary files of a dead writer are removed when the store is opened")
    func temporaryFiles() async throws {
        _ = try await open().save([1], as: "a", replacing: nil, until: nil)
        try "half".write(toFile: folder.path("t/a.temporary"), atomically: false, encoding: .utf8)
        try "half".write(toFile: folder.path("t/b.temporary"), atomically: false, encoding: .utf8)
        let store = try open()
        #expect(try folder.files(in: "t").filter { $0.hasSuffix(".temporary") } == [])
        #expect(try await store.load("a")?.contents == [1])
    }

    @Test("A lease excludes other tasks and other stores, and its file is removed without an entry")
    func leases() async throws {
        let (one, two) = (try open(), try open())
        let lease = try await one.lease("a", for: .seconds(1), waitingAtMost: .zero)
        for store in [one, two] {
            #expect(
                await storeErrorKind { _ = try await store.lease("a", for: .seconds(1), waitingAtMost: .zero) }
                    == .leaseUnavailable
            )
        }
        async let next = two.lease("a", for: .seconds(1), waitingAtMost: .seconds(60))
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(30))
        #expect(await lease.isHeld(), "the duration has no effect while the holder is alive")
        await lease.release()
        let successor = try await next
        #expect(await successor.isHeld())
        await successor.release()
        #expect(try !folder.files(in: "t").contains("a.lease"))
    }

    @Test("100 tasks with two stores hold one lease one after the other")
    func leaseRace() async throws {
        let stores = [try open(), try open()]
        let holders = Counter()
        await withTaskGroup { group in
            for index in 0..<100 {
                group.addTask {
                    guard
                        let lease = try? await stores[index % 2].lease(
                            "a",
                            for: .seconds(1),
                            waitingAtMost: .seconds(60)
                        )
                    else { return }
                    await holders.enter()
                    #expect(await lease.isHeld())
                    await holders.leave()
                    await lease.release()
                }
            }
        }
        #expect(await holders.maximum == 1)
        #expect(await holders.total == 100)
    }

    @Test("A waiter for a lease ends at once when it is cancelled, and after its timeout")
    func endedWaits() async throws {
        let (one, two) = (try open(), try open())
        let lease = try await one.lease("a", for: .seconds(1), waitingAtMost: .zero)
        let cancelled = Task {
            await storeErrorKind { _ = try await two.lease("a", for: .zero, waitingAtMost: .seconds(60)) }
        }
        let timedOut = Task {
            await storeErrorKind { _ = try await one.lease("a", for: .zero, waitingAtMost: .seconds(5)) }
        }
        await clock.waitForSleepers(2)
        cancelled.cancel()
        #expect(await cancelled.value == .cancelled)
        clock.advance(by: .seconds(5))
        #expect(await timedOut.value == .leaseUnavailable)
        await lease.release()
        await (try two.lease("a", for: .zero, waitingAtMost: .seconds(60))).release()
    }

    @Test("A lease is lost if its file is removed")
    func removedLease() async throws {
        let store = try open()
        let lease = try await store.lease("a", for: .seconds(1), waitingAtMost: .zero)
        try folder.remove("t/a.lease")
        #expect(!(await lease.isHeld()))
    }

    private func entries() throws -> [String] {
        try folder.files(in: "t").filter { $0.hasSuffix(".entry") }
    }
}

private actor Counter {
    private var current = 0
    private(set) var maximum = 0
    private(set) var total = 0

    func enter() {
        current += 1
        total += 1
        maximum = max(maximum, current)
    }

    func leave() { current -= 1 }
}
