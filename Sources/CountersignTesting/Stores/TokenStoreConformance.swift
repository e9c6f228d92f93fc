public import Countersign

/// Checks that a token store keeps what the protocol promises: for whoever writes one.
///
/// ```swift
/// @Test("The store keeps its promises")
/// func keepsPromises() async throws {
///     #expect(try await TokenStoreConformance(store).violations() == [])
/// }
/// ```
///
/// It uses entries whose names begin with `check.` and removes them first. It takes no time of its own, except for waits
/// that end at once in a store that works.
public struct TokenStoreConformance: Sendable {
    private let store: any TokenStore
    private let unixTime: Duration
    private let letTimePass: (@Sendable (Duration) async -> Void)?

    /// A check of a store.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - unixTime: What the store's clock says.
    ///   - letTimePass: Moves the store's clock forward. Without it, expiry is checked with entries that are expired when
    ///     they are saved.
    public init(
        _ store: any TokenStore,
        unixTime: Duration = SystemClock().unixTime(),
        letTimePass: (@Sendable (Duration) async -> Void)? = nil
    ) {
        self.store = store
        self.unixTime = unixTime
        self.letTimePass = letTimePass
    }

    /// What the store does not keep, one sentence each; none when it is sound.
    ///
    /// - Throws: `TokenStoreError` when the store cannot be used at all.
    public nonisolated(nonsending) func violations() async throws(TokenStoreError) -> [String] {
        var violations: [String] = []
        try await checkEntries(&violations)
        try await checkNames(&violations)
        try await checkExpiry(&violations)
        try await checkRaces(&violations)
        try await checkLeases(&violations)
        return violations
    }

    private nonisolated(nonsending) func checkEntries(_ violations: inout [String]) async throws(TokenStoreError) {
        let (name, other) = ("check.entry", "check.Entry")
        try await store.remove(name, version: nil)
        try await store.remove(other, version: nil)
        if try await store.load(name) != nil { violations.append("An entry that was removed is loaded") }

        let contents: [UInt8] = [0, 255, 13, 10, 128]
        let first = try await store.save(contents, as: name, replacing: nil, until: nil)
        if try await store.load(name) != StoredEntry(contents: contents, version: first) {
            violations.append("What was saved is not what is loaded")
        }
        if try await store.load(other) != nil { violations.append("Names that differ in case are one entry") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: nil, until: nil)
        }) != .conflict {
            violations.append("An entry is saved anew over one that is there")
        }
        let second = try await store.save([], as: name, replacing: first, until: nil)
        if second == first { violations.append("A version comes twice") }
        if try await store.load(name)?.contents != [] { violations.append("Empty contents are not kept") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: first, until: nil)
        }) != .conflict {
            violations.append("A version that has been replaced is replaced again")
        }
        if await kind({ () throws(TokenStoreError) in try await store.remove(name, version: first) }) != .conflict {
            violations.append("A version that has been replaced is removed")
        }
        try await store.remove(name, version: second)
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: second, until: nil)
        }) != .conflict {
            violations.append("An entry that was removed is replaced")
        }
        if await kind({ () throws(TokenStoreError) in try await store.remove(name, version: second) }) != nil {
            violations.append("Removing what is not there fails")
        }
        let third = try await store.save(contents, as: name, replacing: nil, until: nil)
        if third == first || third == second { violations.append("A version comes again after a removal") }

        let long = [UInt8](repeating: 1, count: StoredEntry.maximumByteCount)
        let longest = try await store.save(long, as: name, replacing: third, until: nil)
        if try await store.load(name)?.contents != long { violations.append("1 MiB is not kept") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save(long + [1], as: name, replacing: longest, until: nil)
        }) != .configuration {
            violations.append("More than 1 MiB is not refused")
        }
        try await store.remove(name, version: nil)
    }

    private nonisolated(nonsending) func checkNames(_ violations: inout [String]) async throws(TokenStoreError) {
        for name in ["", "a/b", "../a", "a b", "a\u{0}", "ä", "a\n", "a:b", String(repeating: "a", count: 201)] {
            let kinds = [
                await kind { () throws(TokenStoreError) in _ = try await store.load(name) },
                await kind { () throws(TokenStoreError) in
                    _ = try await store.save([], as: name, replacing: nil, until: nil)
                },
                await kind { () throws(TokenStoreError) in try await store.remove(name, version: nil) },
                await kind { () throws(TokenStoreError) in
                    _ = try await store.lease(name, for: .seconds(1), waitingAtMost: .zero)
                },
            ]
            if kinds != Array(repeating: .invalidName, count: 4) {
                violations.append("A name that is none is not refused: \(name.debugDescription)")
            }
        }
        let longest = "check." + String(repeating: "Z", count: 194)
        for name in ["check..", "check._-.entry", "check.lease", longest] {
            try await store.remove(name, version: nil)
            let version = try await store.save(Array(name.utf8), as: name, replacing: nil, until: nil)
            if try await store.load(name)?.contents != Array(name.utf8) {
                violations.append("A name is not kept: \(name)")
            }
            try await store.remove(name, version: version)
        }
    }

    private nonisolated(nonsending) func checkExpiry(_ violations: inout [String]) async throws(TokenStoreError) {
        let name = "check.expiry"
        try await store.remove(name, version: nil)
        let life: Duration = letTimePass == nil ? .seconds(-60) : .seconds(60)
        let version = try await store.save([1], as: name, replacing: nil, until: unixTime + life)
        if let letTimePass {
            if try await store.load(name)?.version != version { violations.append("An entry goes before its expiry") }
            await letTimePass(life)
        }
        if try await store.load(name) != nil { violations.append("An entry is loaded after its expiry") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([2], as: name, replacing: version, until: nil)
        }) != .conflict {
            violations.append("An expired entry is replaced as if it were there")
        }
        _ = try await store.save([3], as: name, replacing: nil, until: nil)
        if try await store.load(name)?.contents != [3] {
            violations.append("An expired entry is in the way of a new one")
        }
        try await store.remove(name, version: nil)
    }

    /// Runs a body and returns how it failed.
    private nonisolated(nonsending) func kind(
        _ body: () async throws(TokenStoreError) -> Void
    ) async -> TokenStoreError.Kind? {
        do throws(TokenStoreError) {
            try await body()
            return nil
        } catch {
            return error.kind
        }
    }
}

// MARK: - Between tasks

extension TokenStoreConformance {
    /// 32 tasks add one to a number: each addition counts, and each round has one winner.
    private nonisolated(nonsending) func checkRaces(_ violations: inout [String]) async throws(TokenStoreError) {
        let name = "check.race"
        try await store.remove(name, version: nil)
        _ = try await store.save([0], as: name, replacing: nil, until: nil)
        let versions = await withTaskGroup(of: StoreVersion?.self) { [store] group in
            for _ in 0..<32 {
                group.addTask { await Self.addOne(name, in: store) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        if versions.contains(nil) { violations.append("A saver fails in a race, and not with a conflict") }
        if Set(versions).count != 32 { violations.append("A version comes twice in a race") }
        if try await store.load(name)?.contents != [32] { violations.append("A save is lost in a race") }
        try await store.remove(name, version: nil)
    }

    private static func addOne(_ name: String, in store: any TokenStore) async -> StoreVersion? {
        while true {
            do throws(TokenStoreError) {
                guard let entry = try await store.load(name), let number = entry.contents.first else { return nil }
                return try await store.save([number &+ 1], as: name, replacing: entry.version, until: nil)
            } catch {
                guard error.kind == .conflict else { return nil }
            }
        }
    }

    private nonisolated(nonsending) func checkLeases(_ violations: inout [String]) async throws(TokenStoreError) {
        let name = "check.leased"
        let (store, long) = (store, Duration.seconds(600))
        let lease = try await store.lease(name, for: long, waitingAtMost: .zero)
        if !(await lease.isHeld()) { violations.append("A lease that was just taken is not held") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.lease(name, for: long, waitingAtMost: .zero)
        }) != .leaseUnavailable {
            violations.append("A lease has two holders")
        }
        let other = try await store.lease("check.Leased", for: long, waitingAtMost: .zero)
        await other.release()

        let leaver = Task { () async -> TokenStoreError.Kind? in
            do throws(TokenStoreError) {
                let lease = try await store.lease(name, for: long, waitingAtMost: long)
                await lease.release()
                return nil
            } catch {
                return error.kind
            }
        }
        leaver.cancel()
        if await leaver.value != .cancelled { violations.append("A cancelled task still waits for a lease") }

        let waiter = Task { () async -> Bool in
            do throws(TokenStoreError) {
                let lease = try await store.lease(name, for: long, waitingAtMost: long)
                let isHeld = await lease.isHeld()
                await lease.release()
                return isHeld
            } catch {
                return false
            }
        }
        await lease.release()
        if await lease.isHeld() { violations.append("A lease is held after its release") }
        if !(await waiter.value) { violations.append("Who waits for a lease does not get it when it is released") }

        let again = try await store.lease(name, for: long, waitingAtMost: long)
        await lease.release()
        if !(await again.isHeld()) { violations.append("A second release takes the lease from the next holder") }
        await again.release()
    }
}
