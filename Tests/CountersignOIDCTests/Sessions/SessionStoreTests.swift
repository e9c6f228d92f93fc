import Countersign
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions and their store")
struct SessionStoreTests {
    @Test("P37: tokens that cannot be stored are used from memory, and stored when the store works again")
    func backgroundSave() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        var events = session.events.makeAsyncIterator()
        fixture.expire()
        // The pending refresh is stored, but the tokens are not: the disk is full.
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        async let first = session.outcome()
        await gate.waitForArrivals(1)
        fixture.store.fail([.save])
        gate.open()
        #expect(await first.hasPrefix("ey"))
        #expect(await events.next() == SessionEvent(session: session.logID, .storeFailed, reason: "save"))
        let newest = try #require(fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(try await fixture.stored()?.refreshToken != newest)
        #expect(try await fixture.stored()?.pendingRefresh != nil, "no other process sends the used refresh token")
        let other = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        #expect(await other.outcome() == "outcomeUnknown")

        // The first retry fails, the second one succeeds.
        await fixture.clock.waitForSleepers(1)
        fixture.clock.advanceToNextDeadline()
        await fixture.clock.waitForSleepers(1)
        fixture.store.fail([])
        fixture.clock.advanceToNextDeadline()
        try await waitUntil("the new refresh token is stored") { try await fixture.stored()?.refreshToken == newest }
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        fixture.expire()
        #expect(await other.outcome().hasPrefix("ey"))
        #expect(await session.outcome() == other.outcome())
        #expect(fixture.refreshes == 2 && fixture.server.reuseDetections == 0)
        Promise.seen(
            37,
            "tokens that the store did not accept: the call succeeded, and they were stored when the store worked again"
        )
    }

    @Test(
        "P37: without a store, sessions refresh from memory; the next refresh with a store saves them"
    )
    func refreshFromMemory() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.load, .save, .lease, .remove])
        for refresh in 1...3 {
            fixture.expire()
            #expect(await session.outcome().hasPrefix("ey"))
            #expect(fixture.refreshes == refresh)
        }
        Promise.seen(37, "without a store, \(fixture.refreshes) of 3 refreshes continued from memory")
        #expect(session.state == .active)
        fixture.store.fail([])
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(try await fixture.stored()?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test(
        "While calls have a valid token, no refresh is sent without the store",
        arguments: [FaultyTokenStore.Operation.load, .save, .lease]
    )
    func refreshWithValidToken(operation: FaultyTokenStore.Operation) async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let token = try await session.accessToken()
        fixture.store.fail([operation])
        fixture.clock.advance(by: .seconds(2400))
        #expect(await session.outcome(forceRenewal: true) == "storage")
        #expect(await session.outcome() == token.value)
        #expect(fixture.refreshes == 0)
    }

    @Test(
        "A sign-in that cannot be stored is an error, and its result can be stored later or revoked",
        arguments: [[FaultyTokenStore.Operation.save], [.save, .load]]
    )
    func signInWithoutStore(failing: Set<FaultyTokenStore.Operation>) async throws {
        let fixture = SessionFixture()
        // The store has another user's session under this id.
        _ = try await fixture.session(as: FakeUser(subject: "u2"))
        let result = try await fixture.signIn()
        fixture.store.fail(failing)
        await #expect {
            _ = try await fixture.client().session(for: result, in: fixture.store, id: "s")
        } throws: {
            guard let error = $0 as? TokenError else { return false }
            return error.kind == .storage
                && "\(error)".contains("the new session is not stored: token store (unavailable): the disk is full")
        }
        fixture.store.fail([])
        #expect(try await fixture.stored()?.claims.subject == "u2", "the store is unchanged")

        let session = try await fixture.client().session(for: result, in: fixture.store, id: "s")
        #expect(try await fixture.stored()?.claims.subject == "u1")
        #expect(await session.outcome().hasPrefix("ey"))
        let unwanted = try await fixture.signIn()
        let families = fixture.server.liveRefreshTokenFamilies.count
        try await fixture.client().session(for: unwanted, in: MemoryTokenStore(), id: "s").signOut()
        #expect(fixture.server.liveRefreshTokenFamilies.count == families - 1)
    }

    @Test("An entry that cannot be decoded is an error, and not treated as signed out")
    func unreadable() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let name = SessionRecord.entryName(of: "s")
        for contents in ["", "{", "[]", #"{"format": 2}"#, #"{"format": 1}"#, #"{"format": 1, "id": "other"}"#] {
            let entry = try #require(try await fixture.store.load(name))
            _ = try await fixture.store.save(Array(contents.utf8), as: name, replacing: entry.version, until: nil)
            await #expect { try await fixture.restored() } throws: { ($0 as? TokenError)?.kind == .storage }
        }
        #expect(await session.outcome().hasPrefix("ey"), "a process that has the session in memory continues")
        _ = try await fixture.session()
        #expect(try await fixture.restored() != nil, "the next sign-in replaces the entry")
    }

    @Test("A record is decoded as it was encoded, and unknown members are ignored")
    func format() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        _ = try await session.accessToken(resources: ["https://a.example"])
        var record = try #require(try await fixture.stored())
        let sentAt = Date(timeIntervalSince1970: 1_750_000_000.123)
        record.pendingRefresh = .init(attemptID: "x", sentAt: sentAt, isRetry: true, hasEnded: true)
        #expect(try SessionRecord(reading: record.contents, for: "s") == record)
        let text = String(decoding: record.contents, as: UTF8.self)
        let newer = text.dropLast() + #","something_new":{"a":[1]}}"#
        #expect(try SessionRecord(reading: Array(newer.utf8), for: "s") == record)
        var ended = record.ended(byError: "x")
        ended.isRotationLost = true
        #expect(try SessionRecord(reading: ended.contents, for: "s") == ended)
        #expect(SessionRecord.entryName(of: "s").wholeMatch(of: /session\.[A-Za-z0-9_-]{43}/) != nil)
    }

    @Test("The stored formats do not change: what earlier versions have stored is decoded, and encoded as before")
    func storedFormats() throws {
        let session = """
            {"format":1,"id":"s","sign_in":"x","issuer":"https://i.example","client_id":"web",\
            "signed_in_at":1750000000123,"expires_at":1750043200000,"claims":{"sub":"u1"},"granted_scopes":["openid"],\
            "jkt":"k","id_token":"t","refresh_token":"r","tokens":[{"access_token":"a","requested_at":1750000000456,\
            "lifetime":3600000,"scopes":["openid"],"requested_scopes":["openid"],"resources":["https://a.example"],\
            "parameters":{"p":"1"}}],"pending":{"attempt":"1","sent_at":1750000000789,"is_retry":true}}
            """
        let record = try SessionRecord(reading: Array(session.utf8), for: "s")
        #expect(record.signedInAt == Date(timeIntervalSince1970: 1_750_000_000.123))
        #expect(record.expiresAt == Date(timeIntervalSince1970: 1_750_043_200))
        #expect(record.tokens.map(\.requestedAt) == [Date(timeIntervalSince1970: 1_750_000_000.456)])
        #expect(record.pendingRefresh?.sentAt == Date(timeIntervalSince1970: 1_750_000_000.789))
        #expect(String(decoding: record.contents, as: UTF8.self) == session)

        let browser = #"{"last_seen":1750000000123,"ends_at":1750043200000,"issuer":"i","subject":"u1","sid":"1"}"#
        var json = JSONWriter()
        json.value(try BrowserSessionRecord(json: JSONDocument(parsing: Array(browser.utf8)).root))
        #expect(String(decoding: json.bytes, as: UTF8.self) == browser)

        let index = #"[{"id":"s","ends_at":1750043200000}]"#
        json = JSONWriter()
        json.value(try [SessionIndex.Entry](json: JSONDocument(parsing: Array(index.utf8)).root))
        #expect(String(decoding: json.bytes, as: UTF8.self) == index)
    }

    @Test("Times with fractions of a millisecond, or outside the years 0 to 9999, are rejected")
    func invalidTimes() {
        for time in ["1.5", "1e3000", "253402300800000", "-62167219200001", "9223372036854775807", #""x""#, "null"] {
            let index = #"[{"id":"s","ends_at":\#(time)}]"#
            #expect(throws: JSONDecodingError.self) {
                try [SessionIndex.Entry](json: JSONDocument(parsing: Array(index.utf8)).root)
            }
        }
    }

    @Test("P35: a process that paused before the request sends nothing, and removes its pending refresh")
    func pausedBeforeSending() async throws {
        let fixture = SessionFixture(leasesExpire: true)
        let session = try await fixture.session()
        fixture.expire()
        fixture.store.beforeSave { fixture.clock.jump(by: .seconds(61)) }
        #expect(await session.outcome() == "storage")
        #expect(fixture.refreshes == 0)
        Promise.seen(35, "paused for 61 s before sending: \(fixture.refreshes) refreshes sent")
        fixture.store.beforeSave(nil)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.outcome().hasPrefix("ey"))
    }

    @Test("P35: while a process is paused after the lease check, no other sends the token, and the pause is reported")
    func pausedWhileSending() async throws {
        let fixture = SessionFixture(leasesExpire: true, requestsTimeOut: false)
        let session = try await fixture.session()
        let other = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        var events = session.events.makeAsyncIterator()
        fixture.expire()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        fixture.clock.jump(by: .seconds(61))
        #expect(await other.outcome() == "outcomeUnknown")
        gate.open()
        let value = await token
        #expect(value.hasPrefix("ey"))
        #expect(await events.next()?.kind == .leaseLost)
        #expect(fixture.refreshes == 1)
        fixture.clock.advance(by: .seconds(61))
        #expect(await other.outcome() == value, "the other process uses the stored token")
        #expect(fixture.server.reuseDetections == 0)
        Promise.seen(35, "paused after sending: \(fixture.refreshes) refresh in all, the pause reported")
    }

    @Test("P34: with eight processes and refresh token rotation, each expiry costs one refresh, and none is rejected")
    func eightProcesses() async throws {
        let fixture = SessionFixture()
        _ = try await fixture.session()
        var sessions: [UserSession] = []
        for _ in 0..<8 {
            sessions.append(try #require(try await fixture.restored(runtime: fixture.otherRuntime())))
        }
        let expiries = 100
        for expiry in 1...expiries {
            fixture.expire()
            let values = await withTaskGroup(of: String.self) { group in
                for session in sessions { group.addTask { await session.outcome() } }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(values.count == 1)
            #expect(fixture.refreshes == expiry)
        }
        #expect(fixture.server.requests(grantType: .refreshToken).allSatisfy { $0.status == 200 })
        #expect(fixture.server.reuseDetections == 0)
    }
}
