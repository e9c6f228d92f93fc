import Countersign
import Foundation
import Testing

@testable import CountersignOIDC

/// Compares the actions of the state machine as values, one scenario at a time.
@Suite("The refresh state machine")
struct RefreshStateMachineTests {
    typealias Machine = RefreshStateMachine

    private static let now = Date(timeIntervalSince1970: 1_750_000_000)
    private let now = Self.now
    private let version = (StoreVersion("1"), StoreVersion("2"), StoreVersion("3"))

    private let record = SessionRecord(
        id: "s",
        signInID: "x",
        issuer: "i",
        clientID: "c",
        claims: UserClaims(["sub": "u1"]),
        refreshToken: "r0",
        grantedScopes: ["a"],
        signedInAt: Self.now
    )

    private let accessToken = SessionToken(
        key: .signIn,
        value: "a1",
        requestedAt: Self.now,
        lifetime: .seconds(3600),
        scopes: nil
    )

    private var tokens: RefreshedTokens {
        RefreshedTokens(accessToken: accessToken, refreshToken: "r1", identity: nil)
    }

    private func machine(
        _ requirement: Machine.TokenRequirement = .init(key: .signIn, scopes: ["a"]),
        policy: Machine.Policy = .init(),
        lease: Machine.LeaseStatus = .held
    ) -> Machine {
        Machine(
            session: CachedSession(record: record, version: version.0),
            requirement: requirement,
            policy: policy,
            attemptID: "attempt",
            lease: lease
        )
    }

    private func pendingRecord(_ attemptID: String = "attempt.1", hasEnded: Bool = false) -> SessionRecord {
        var pending = record
        pending.pendingRefresh = .init(attemptID: attemptID, sentAt: now, isRetry: false, hasEnded: hasEnded)
        return pending
    }

    private var refreshedRecord: SessionRecord {
        var refreshed = record
        refreshed.apply(tokens)
        return refreshed
    }

    /// Runs a machine up to the request.
    private func sending(policy: Machine.Policy = .init()) -> Machine {
        var machine = machine(policy: policy)
        #expect(machine.start() == .load)
        #expect(machine.loaded(.loaded(record, version.0), at: now) == .save(pendingRecord(), replacing: version.0))
        #expect(machine.saved(.saved(version.1)) == .checkLease)
        #expect(machine.leaseChecked(isHeld: true) == .sendRequest(refreshToken: "r0"))
        return machine
    }

    @Test("A refresh loads, saves the pending refresh, checks the lease, sends, and saves the tokens")
    func refresh() {
        var machine = sending()
        #expect(machine.received(.tokens(tokens)) == .save(refreshedRecord, replacing: version.1))
        #expect(machine.saved(.saved(version.2)) == .finish(.token(accessToken)))
        let expected = CachedSession(record: refreshedRecord, version: version.2, settledAttemptID: "attempt.1")
        #expect(machine.session == expected)
        #expect(machine.discardedTokens == nil)
    }

    @Test("P34: a token that another process has stored is used, and nothing is sent")
    func storedToken() {
        var machine = machine(.init(key: .signIn, scopes: ["a"], replacedToken: "a0"))
        #expect(machine.start() == .load)
        #expect(machine.loaded(.loaded(refreshedRecord, version.1), at: now) == .finish(.token(accessToken)))
    }

    @Test("P34: without the lease, a stored token is used, but nothing is sent")
    func leaseHeldByAnother() {
        var machine = machine(lease: .heldByAnother)
        #expect(machine.start() == .load)
        #expect(machine.loaded(.loaded(record, version.0), at: now) == .finish(.failure(.contention)))
    }

    @Test("A missing scope, another key, an ended session and an expired one fail before anything is saved or sent")
    func failuresBeforeRequest() {
        func outcome(
            _ stored: SessionRecord,
            _ requirement: Machine.TokenRequirement = .init(key: .signIn, scopes: ["a"]),
            policy: Machine.Policy = .init()
        ) -> Machine.Action {
            var machine = machine(requirement, policy: policy)
            _ = machine.start()
            return machine.loaded(.loaded(stored, version.0), at: now)
        }
        var withoutScope = record
        withoutScope.withheldScopes = ["b"]
        let action = outcome(withoutScope, .init(key: .signIn, scopes: ["a", "b", "c"]))
        #expect(action == .finish(.failure(.missingScope(["b"]))))
        #expect(outcome(record, policy: .init(keyThumbprint: "k")) == .finish(.failure(.wrongKey)))
        #expect(outcome(record.ended(byError: "e")) == .finish(.failure(.ended("e"))))
        var expired = record
        expired.expiresAt = now
        #expect(outcome(expired) == .finish(.failure(.signedOutOrExpired)))
        var withoutRefreshToken = record
        withoutRefreshToken.refreshToken = nil
        #expect(outcome(withoutRefreshToken) == .finish(.failure(.noRefreshToken)))
        var ofAnotherUser = record
        ofAnotherUser.signInID = "y"
        ofAnotherUser.claims = UserClaims(["sub": "u2"])
        #expect(outcome(ofAnotherUser) == .finish(.failure(.replacedByAnotherUser)))
    }

    @Test("P24: without retries, the pending refresh of another process is not sent again")
    func pendingRefreshOfAnotherProcess() {
        var machine = machine()
        #expect(machine.start() == .load)
        let action = machine.loaded(.loaded(pendingRecord("other.1"), version.0), at: now)
        #expect(action == .finish(.failure(.outcomeUnknown(retryAfter: nil))))
    }

    @Test("P24: a refresh token without a response is sent again by the next refresh, a second later")
    func retry() {
        let policy = Machine.Policy(pendingRefreshLifetime: .seconds(70))
        var machine = sending(policy: policy)
        let ended = pendingRecord(hasEnded: true)
        #expect(machine.received(.outcomeUnknown) == .save(ended, replacing: version.1))
        var unsaved = machine
        #expect(machine.saved(.saved(version.2)) == .finish(.failure(.outcomeUnknown(retryAfter: .zero))))
        #expect(unsaved.saved(.failed) == .finish(.failure(.outcomeUnknown(retryAfter: .zero))))

        func next(at time: Date) -> Machine.Action {
            var next = Machine(
                session: machine.session,
                requirement: .init(key: .signIn, scopes: ["a"]),
                policy: policy,
                attemptID: "next"
            )
            #expect(next.start() == .load)
            return next.loaded(.loaded(ended, version.2), at: time)
        }
        let early = now.addingTimeInterval(0.75)
        #expect(next(at: early) == .finish(.failure(.outcomeUnknown(retryAfter: .milliseconds(250)))))
        var retry = record
        let late = now.addingTimeInterval(1)
        retry.pendingRefresh = .init(attemptID: "next.1", sentAt: late, isRetry: true)
        #expect(next(at: late) == .save(retry, replacing: version.2))
    }

    @Test("P24: invalid_grant after a retry ends the session with a lost rotation")
    func lostRotation() {
        var machine = machine(policy: .init(pendingRefreshLifetime: .seconds(70)))
        let later = now.addingTimeInterval(70)
        var retry = record
        retry.pendingRefresh = .init(attemptID: "attempt.1", sentAt: later, isRetry: true)
        #expect(machine.start() == .load)
        let action = machine.loaded(.loaded(pendingRecord("other.1"), version.0), at: later)
        #expect(action == .save(retry, replacing: version.0))
        #expect(machine.saved(.saved(version.1)) == .checkLease)
        #expect(machine.leaseChecked(isHeld: true) == .sendRequest(refreshToken: "r0"))
        var failed = machine
        #expect(machine.received(.rejectedRefreshToken(error: "invalid_grant")) == .load)
        var ended = retry.ended(byError: "invalid_grant")
        ended.isRotationLost = true
        #expect(machine.loaded(.loaded(retry, version.1), at: later) == .save(ended, replacing: version.1))

        // Another failure leaves the outcome of the other process's attempt unknown.
        #expect(failed.received(.failed) == .save(pendingRecord("other.1"), replacing: version.1))
    }

    @Test("P35: a lost lease removes the pending refresh, and nothing is sent")
    func lostLease() {
        var machine = machine()
        _ = machine.start()
        _ = machine.loaded(.loaded(record, version.0), at: now)
        #expect(machine.saved(.saved(version.1)) == .checkLease)
        #expect(machine.leaseChecked(isHeld: false) == .save(record, replacing: version.1))
        #expect(machine.saved(.saved(version.2)) == .finish(.failure(.leaseLost)))
    }

    @Test("A failed request removes the pending refresh")
    func failedRequest() {
        var machine = sending()
        #expect(machine.received(.failed) == .save(record, replacing: version.1))
        #expect(machine.saved(.saved(version.2)) == .finish(.failure(.requestFailed)))
    }

    @Test("P61: a refresh token that was rotated is saved, even if the access token cannot be used")
    func unusableAccessToken() {
        var machine = sending()
        let rotated = RefreshedTokens(accessToken: nil, refreshToken: "r1", identity: nil)
        var expected = record
        expected.refreshToken = "r1"
        #expect(machine.received(.tokens(rotated)) == .save(expected, replacing: version.1))
        var unsaved = machine
        #expect(machine.saved(.saved(version.2)) == .finish(.failure(.requestFailed)))
        #expect(machine.session.record == expected)

        #expect(unsaved.saved(.failed) == .finish(.failure(.requestFailed)))
        #expect(unsaved.session.unsavedChange == .init(storedRefreshToken: "r0"))
    }

    @Test(
        "P36: a rejected refresh token ends the session only if the store still contains the refresh token that was sent"
    )
    func rejectedRefreshToken() {
        var machine = sending()
        #expect(machine.received(.rejectedRefreshToken(error: "bad_refresh_token")) == .load)
        var recovering = machine
        let ended = pendingRecord().ended(byError: "bad_refresh_token")
        #expect(machine.loaded(.loaded(pendingRecord(), version.1), at: now) == .save(ended, replacing: version.1))
        var conflicting = machine
        #expect(machine.saved(.saved(version.2)) == .finish(.failure(.ended("bad_refresh_token"))))

        #expect(conflicting.saved(.conflict) == .load)
        #expect(conflicting.loaded(.loaded(pendingRecord(), version.2), at: now) == .save(ended, replacing: version.2))

        #expect(recovering.loaded(.loaded(refreshedRecord, version.2), at: now) == .finish(.token(accessToken)))
    }

    @Test("P37: tokens that the store does not accept are used from memory")
    func unsavedTokens() {
        var machine = sending()
        _ = machine.received(.tokens(tokens))
        #expect(machine.saved(.failed) == .finish(.token(accessToken)))
        #expect(machine.session.record == refreshedRecord)
        #expect(machine.session.unsavedChange == .init(storedRefreshToken: "r0"))
    }

    @Test("P38: tokens that arrive after a sign-out are discarded, and not stored")
    func signOutDuringRefresh() {
        var machine = sending()
        _ = machine.received(.tokens(tokens))
        var signedOutHere = machine
        #expect(machine.saved(.conflict) == .load)
        #expect(machine.loaded(.notFound, at: now) == .finish(.failure(.signedOutOrExpired)))
        #expect(machine.discardedTokens == tokens)

        #expect(signedOutHere.signedOut() == .finish(.failure(.signedOutOrExpired)))
        #expect(signedOutHere.discardedTokens == tokens)
    }

    @Test("With a failing store, a refresh waits while callers have a valid token, and continues without it otherwise")
    func failingStore() {
        var waiting = machine(
            .init(key: .signIn, scopes: ["a"], callersHaveValidToken: true),
            lease: .storeUnavailable
        )
        #expect(waiting.start() == .finish(.failure(.storeUnavailable)))

        var machine = machine(lease: .storeUnavailable)
        #expect(machine.start() == .load)
        #expect(machine.loaded(.failed, at: now) == .save(pendingRecord(), replacing: version.0))
        #expect(machine.saved(.failed) == .sendRequest(refreshToken: "r0"))
    }
}
