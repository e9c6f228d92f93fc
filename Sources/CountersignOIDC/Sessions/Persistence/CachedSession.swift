import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// This process's copy of a session, and its relation to the stored record.
struct CachedSession: Hashable, Sendable, Redacted {
    var record: SessionRecord
    /// The version that this process loaded or saved last; nil until a new session is stored.
    var version: StoreVersion?
    /// Set while `record` is newer than the stored record, because the store did not accept it (P37).
    var unsavedChange: UnsavedChange?
    /// An attempt whose outcome this process knows, although the stored record may still contain it as pending.
    var settledAttemptID: String?
    /// The pending refresh that this process found last, with the time at which it was found first.
    var observedPendingRefresh: ObservedPendingRefresh?

    struct ObservedPendingRefresh: Hashable, Sendable {
        var attemptID: String
        var at: Date
    }

    struct UnsavedChange: Hashable, Sendable, Redacted {
        /// The refresh token of the stored record; nil if the session has none.
        var storedRefreshToken: String?
    }

    /// Adopts the stored record, unless this copy is newer.
    ///
    /// - Returns: false if the stored session belongs to another user. Then nothing is adopted.
    mutating func update(from stored: SessionRecord, version: StoreVersion) -> Bool {
        guard stored.isSameUser(as: record) else { return false }
        self.version = version
        // A process that sent the replaced refresh token got no tokens for it, so its record is not newer than this
        // one.
        if unsavedChange != nil, stored.signInID == record.signInID, isStale(stored.refreshToken) { return true }
        unsavedChange = nil
        record = stored
        if record.pendingRefresh?.attemptID == settledAttemptID { record.pendingRefresh = nil }
        return true
    }

    /// The minimum time between two attempts with the same refresh token.
    private static let minimumRetryInterval = Duration.seconds(1)

    /// Returns the time until a refresh token that was sent without a response may be sent again (P24).
    ///
    /// - Parameter lifetime: The age from which an attempt must have ended, if it is not marked as ended.
    /// - Returns: Zero if it may be sent now; nil if it must not be sent again.
    mutating func retryDelay(
        of pendingRefresh: SessionRecord.PendingRefresh,
        lifetime: Duration?,
        at now: Date
    ) -> Duration? {
        guard let lifetime else { return nil }
        // The time of the attempt is ahead if the calendar clock was set back, or the other machine's clock is wrong. The
        // wait then counts from the time at which this process found the attempt.
        var observed = observedPendingRefresh ?? .init(attemptID: pendingRefresh.attemptID, at: now)
        if observed.attemptID != pendingRefresh.attemptID || observed.at > now {
            observed = .init(attemptID: pendingRefresh.attemptID, at: now)
        }
        observedPendingRefresh = observed
        let age = now.duration(since: min(pendingRefresh.sentAt, observed.at))
        return max(.zero, (pendingRefresh.hasEnded ? Self.minimumRetryInterval : lifetime) - age)
    }

    /// Removes all tokens after a sign-out.
    mutating func removeTokens() {
        record.refreshToken = nil
        record.tokens = []
        record.pendingRefresh = nil
        unsavedChange = nil
    }

    /// Returns true if a stored refresh token was replaced in this copy, or was removed because it was replaced.
    func isStale(_ storedRefreshToken: String?) -> Bool {
        guard let unsavedChange else { return false }
        return storedRefreshToken == nil || storedRefreshToken == unsavedChange.storedRefreshToken
    }
}
