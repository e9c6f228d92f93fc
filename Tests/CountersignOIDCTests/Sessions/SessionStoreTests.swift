import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions and their stores")
struct SessionStoreTests {
    @Test("P37: when the answer cannot be stored, calls go on from memory, and it is stored as soon as that works")
    func storeLater() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        var events = session.events.makeAsyncIterator()
        world.expire()
        // The mark is stored, the answer is not: the disk is full.
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), grantType: .refreshToken)
        async let first = session.outcome()
        await gate.waitForArrivals(1)
        world.store.fail([.save])
        gate.open()
        #expect(await first.hasPrefix("ey"))
        #expect(await events.next() == SessionEvent(of: session.logID, .storeFailed, "save"))
        let newest = try #require(world.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(try await world.stored()?.refreshToken != newest)
        #expect(try await world.stored()?.pending != nil, "no other process sends the spent token")
        let other = try #require(try await world.restored(runtime: world.otherRuntime()))
        #expect(await other.outcome() == "outcomeUnknown")

        // Still full when it is tried again, and then not.
        await world.clock.waitForSleepers(1)
        world.clock.advanceToNextDeadline()
        await world.clock.waitForSleepers(1)
        world.store.fail([])
        world.clock.advanceToNextDeadline()
        while try await world.stored()?.refreshToken != newest { await Task.yield() }
        #expect(try await world.stored()?.pending == nil)
        world.expire()
        #expect(await other.outcome().hasPrefix("ey"))
        #expect(await session.outcome() == other.outcome())
        #expect(world.refreshes == 2 && world.server.reuseDetections == 0)
        Promise.seen(
            37,
            "an answer that the store did not take: the call succeeded, and it was stored when that worked again"
        )
    }

    @Test(
        "P37: what could not be stored is refreshed from memory, and stored by the next refresh at the latest"
    )
    func refreshFromMemory() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.store.fail([.load, .save, .lease, .remove])
        for refresh in 1...3 {
            world.expire()
            #expect(await session.outcome().hasPrefix("ey"))
            #expect(world.refreshes == refresh)
        }
        Promise.seen(37, "without a store \(world.refreshes) of 3 refreshes went on from memory")
        #expect(session.state == .active)
        world.store.fail([])
        world.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(try await world.stored()?.refreshToken == world.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(world.server.reuseDetections == 0)
    }

    @Test(
        "While calls have a valid token, a refresh waits for the store",
        arguments: [FaultyStore.Operation.load, .save, .lease]
    )
    func noHurry(operation: FaultyStore.Operation) async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let token = try await session.accessToken()
        world.store.fail([operation])
        world.clock.advance(by: .seconds(2400))
        #expect(await session.outcome(renew: true) == "storage")
        #expect(await session.outcome() == token.value)
        #expect(world.refreshes == 0)
    }

    @Test(
        "A sign-in that the store does not take throws, and its result can be stored later, or given back",
        arguments: [[FaultyStore.Operation.save], [.save, .load]]
    )
    func signInWithoutStore(failing: Set<FaultyStore.Operation>) async throws {
        let world = SessionWorld()
        // Somebody else's session is there under the id.
        _ = try await world.session(as: FakeUser(subject: "u2"))
        let result = try await world.signIn()
        world.store.fail(failing)
        await #expect {
            _ = try await world.client().session(for: result, in: world.store, id: "s")
        } throws: {
            guard let error = $0 as? TokenError else { return false }
            return error.kind == .storage
                && "\(error)".contains("the new session is not stored: token store (unavailable): the disk is full")
        }
        world.store.fail([])
        #expect(try await world.stored()?.claims.subject == "u2", "the store has what it had")

        let session = try await world.client().session(for: result, in: world.store, id: "s")
        #expect(try await world.stored()?.claims.subject == "u1")
        #expect(await session.outcome().hasPrefix("ey"))
        let unwanted = try await world.signIn()
        let families = world.server.liveRefreshTokenFamilies.count
        try await world.client().session(for: unwanted, in: MemoryTokenStore(), id: "s").signOut()
        #expect(world.server.liveRefreshTokenFamilies.count == families - 1)
    }

    @Test("An entry that cannot be read is an error, and no new sign-in by itself")
    func unreadable() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let name = SessionRecord.entryName(of: "s")
        let version = try #require(try await world.store.load(name)).version
        for contents in ["", "{", "[]", #"{"format": 2}"#, #"{"format": 1}"#, #"{"format": 1, "id": "other"}"#] {
            let entry = try #require(try await world.store.load(name))
            _ = try await world.store.save(Array(contents.utf8), as: name, replacing: entry.version, until: nil)
            await #expect { try await world.restored() } throws: { ($0 as? TokenError)?.kind == .storage }
        }
        _ = version
        #expect(await session.outcome().hasPrefix("ey"), "a process that has the session is not disturbed")
        _ = try await world.session()
        #expect(try await world.restored() != nil, "the next sign-in puts it right")
    }

    @Test("A record is read as it was written, and members that nobody knows are passed over")
    func format() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        _ = try await session.accessToken(resources: ["https://a.example"])
        var record = try #require(try await world.stored())
        record.pending = .init(attempt: "x", sentAt: .milliseconds(1_750_000_000_123), isReplay: true)
        #expect(try SessionRecord(reading: record.contents, for: "s") == record)
        let text = String(decoding: record.contents, as: UTF8.self)
        let newer = text.dropLast() + #","something_new":{"a":[1]}}"#
        #expect(try SessionRecord(reading: Array(newer.utf8), for: "s") == record)
        #expect(try SessionRecord(reading: record.ended(by: "x").contents, for: "s").state == .ended("x"))
        #expect(SessionRecord.entryName(of: "s").wholeMatch(of: /session\.[A-Za-z0-9_-]{43}/) != nil)
    }

    @Test("P35: a holder that paused before it sent sends nothing, and what it wrote down is taken back")
    func pausedBeforeSending() async throws {
        let world = SessionWorld(leasesEnd: true)
        let session = try await world.session()
        world.expire()
        world.store.beforeSave { world.clock.jump(by: .seconds(61)) }
        #expect(await session.outcome() == "storage")
        #expect(world.refreshes == 0)
        Promise.seen(35, "paused for 61 s before sending: \(world.refreshes) refreshes sent")
        world.store.beforeSave(nil)
        #expect(try await world.stored()?.pending == nil)
        world.clock.advance(by: .seconds(5))
        #expect(await session.outcome().hasPrefix("ey"))
    }

    @Test("P35: while a holder has paused after the check, no other process sends the token, and the pause is reported")
    func pausedWhileSending() async throws {
        let world = SessionWorld(leasesEnd: true, requestsTimeOut: false)
        let session = try await world.session()
        let other = try #require(try await world.restored(runtime: world.otherRuntime()))
        var events = session.events.makeAsyncIterator()
        world.expire()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        world.clock.jump(by: .seconds(61))
        #expect(await other.outcome() == "outcomeUnknown")
        gate.open()
        let value = await token
        #expect(value.hasPrefix("ey"))
        #expect(await events.next()?.kind == .leaseLost)
        #expect(world.refreshes == 1)
        world.clock.advance(by: .seconds(61))
        #expect(await other.outcome() == value, "the other finds what the paused one stored")
        #expect(world.server.reuseDetections == 0)
        Promise.seen(35, "paused after sending: \(world.refreshes) refresh in all, the pause reported")
    }

    @Test("P34: eight processes, one session, strict rotation: every expiry costs one refresh, and none is refused")
    func eightProcesses() async throws {
        let world = SessionWorld()
        _ = try await world.session()
        var sessions: [UserSession] = []
        for _ in 0..<8 {
            sessions.append(try #require(try await world.restored(runtime: world.otherRuntime())))
        }
        let expiries = 100
        for expiry in 1...expiries {
            world.expire()
            let values = await withTaskGroup(of: String.self) { group in
                for session in sessions { group.addTask { await session.outcome() } }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(values.count == 1)
            #expect(world.refreshes == expiry)
        }
        #expect(world.server.requests(grantType: .refreshToken).allSatisfy { $0.status == 200 })
        #expect(world.server.reuseDetections == 0)
    }
}
