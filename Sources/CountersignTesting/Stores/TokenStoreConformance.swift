public import Countersign

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A conformance check for implementations of `TokenStore`.
///
/// ```swift
/// @Test("The store conforms to TokenStore")
/// func conforms() async throws {
///     #expect(try await TokenStoreConformance(store).violations() == [])
/// }
/// ```
///
/// The check uses entries whose names begin with `check.` and removes them first. It waits only for leases that a correct
/// store grants immediately.
public struct TokenStoreConformance: Sendable {
    private let store: any TokenStore
    private let date: Date
    private let letTimePass: (@Sendable (Duration) async -> Void)?

    /// Creates a check of a store.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - date: The current date and time of the store's clock.
    ///   - letTimePass: Advances the store's clock. Without it, expiry is checked with entries that are already expired
    ///     when they are saved.
    public init(
        _ store: any TokenStore,
        date: Date = .now,
        letTimePass: (@Sendable (Duration) async -> Void)? = nil
    ) {
        self.store = store
        self.date = date
        self.letTimePass = letTimePass
    }

    /// Runs the check and returns the violations, one sentence each.
    ///
    /// - Returns: An empty array if the store conforms.
    /// - Throws: `TokenStoreError` if an operation fails that must succeed.
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
        if try await store.load(name) != nil { violations.append("load returns an entry that was removed") }

        let contents: [UInt8] = [0, 255, 13, 10, 128]
        let first = try await store.save(contents, as: name, replacing: nil, until: nil)
        if try await store.load(name) != StoredEntry(contents: contents, version: first) {
            violations.append("load does not return the contents and version of the last save")
        }
        if try await store.load(other) != nil { violations.append("names that differ only in case share an entry") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: nil, until: nil)
        }) != .conflict {
            violations.append("save without a version overwrites an existing entry")
        }
        let second = try await store.save([], as: name, replacing: first, until: nil)
        if second == first { violations.append("two saves return the same version") }
        if try await store.load(name)?.contents != [] { violations.append("empty contents are not stored") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: first, until: nil)
        }) != .conflict {
            violations.append("save accepts a version that was already replaced")
        }
        if await kind({ () throws(TokenStoreError) in try await store.remove(name, version: first) }) != .conflict {
            violations.append("remove accepts a version that was already replaced")
        }
        try await store.remove(name, version: second)
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([1], as: name, replacing: second, until: nil)
        }) != .conflict {
            violations.append("save accepts the version of an entry that was removed")
        }
        if await kind({ () throws(TokenStoreError) in try await store.remove(name, version: second) }) != nil {
            violations.append("remove fails for an entry that does not exist")
        }
        let third = try await store.save(contents, as: name, replacing: nil, until: nil)
        if third == first || third == second { violations.append("a version is reused after a removal") }

        let long = [UInt8](repeating: 1, count: StoredEntry.maximumByteCount)
        let longest = try await store.save(long, as: name, replacing: third, until: nil)
        if try await store.load(name)?.contents != long { violations.append("contents of 1 MiB are not stored") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save(long + [1], as: name, replacing: longest, until: nil)
        }) != .configuration {
            violations.append("contents of more than 1 MiB are not rejected")
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
                violations.append("an invalid name is not rejected: \(name.debugDescription)")
            }
        }
        let longest = "check." + String(repeating: "Z", count: 194)
        for name in ["check..", "check._-.entry", "check.lease", longest] {
            try await store.remove(name, version: nil)
            let version = try await store.save(Array(name.utf8), as: name, replacing: nil, until: nil)
            if try await store.load(name)?.contents != Array(name.utf8) {
                violations.append("an entry with a valid name is not stored: \(name)")
            }
            try await store.remove(name, version: version)
        }
    }

    private nonisolated(nonsending) func checkExpiry(_ violations: inout [String]) async throws(TokenStoreError) {
        let name = "check.expiry"
        try await store.remove(name, version: nil)
        let lifetime: Duration = letTimePass == nil ? .seconds(-60) : .seconds(60)
        let version = try await store.save([1], as: name, replacing: nil, until: date + lifetime / .seconds(1))
        if let letTimePass {
            if try await store.load(name)?.version != version {
                violations.append("an entry is missing before its expiry")
            }
            await letTimePass(lifetime)
        }
        if try await store.load(name) != nil { violations.append("load returns an expired entry") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.save([2], as: name, replacing: version, until: nil)
        }) != .conflict {
            violations.append("save accepts the version of an expired entry")
        }
        _ = try await store.save([3], as: name, replacing: nil, until: nil)
        if try await store.load(name)?.contents != [3] {
            violations.append("an expired entry prevents a new one")
        }
        try await store.remove(name, version: nil)
    }

    /// Runs a closure and returns the kind of the error that it throws.
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

// MARK: - Concurrency

extension TokenStoreConformance {
    /// Lets 32 tasks increment one number: no increment may be lost, and no version may occur twice.
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
        if versions.contains(nil) { violations.append("a concurrent save fails with an error other than conflict") }
        if Set(versions).count != 32 { violations.append("two concurrent saves return the same version") }
        if try await store.load(name)?.contents != [32] { violations.append("a concurrent save is lost") }
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
        if !(await lease.isHeld()) { violations.append("a new lease is not held") }
        if await kind({ () throws(TokenStoreError) in
            _ = try await store.lease(name, for: long, waitingAtMost: .zero)
        }) != .leaseUnavailable {
            violations.append("a lease has two holders")
        }
        let other = try await store.lease("check.Leased", for: long, waitingAtMost: .zero)
        await other.release()

        let cancelled = Task { () async -> TokenStoreError.Kind? in
            do throws(TokenStoreError) {
                let lease = try await store.lease(name, for: long, waitingAtMost: long)
                await lease.release()
                return nil
            } catch {
                return error.kind
            }
        }
        cancelled.cancel()
        if await cancelled.value != .cancelled { violations.append("a cancelled task still waits for a lease") }

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
        if await lease.isHeld() { violations.append("a lease is held after its release") }
        if !(await waiter.value) { violations.append("a waiting task does not get a released lease") }

        let again = try await store.lease(name, for: long, waitingAtMost: long)
        await lease.release()
        if !(await again.isHeld()) { violations.append("a second release takes the lease from the next holder") }
        await again.release()
    }
}
