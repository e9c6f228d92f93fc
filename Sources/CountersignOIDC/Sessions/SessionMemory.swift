import Countersign

/// What a process knows of a session, and what it knows of the store.
struct SessionMemory: Hashable, Sendable, Redacted {
    var record: SessionRecord
    /// Which save the store had last, as far as is known here; nil until a new session is stored.
    var version: StoreVersion?
    /// There, while what is known here is newer than what the store has (P37): the refresh token that the store still
    /// has instead.
    var unsaved: Unsaved?
    /// An attempt whose outcome is known here, though the store may still say that it is pending.
    var settledAttempt: String?

    struct Unsaved: Hashable, Sendable, Redacted {
        /// nil where the session has none.
        var replaced: String?
    }

    /// Learns what the store has.
    ///
    /// - Returns: false when that is a session of somebody else, and nothing was learnt.
    mutating func learn(_ stored: SessionRecord, _ version: StoreVersion) -> Bool {
        guard stored.isSameUser(as: record) else { return false }
        self.version = version
        // Who has tried the token that was replaced here got nothing by it.
        if unsaved != nil, stored.signIn == record.signIn, isOutdated(stored.refreshToken) { return true }
        unsaved = nil
        record = stored
        if let pending = record.pending, pending.attempt == settledAttempt { record.pending = nil }
        return true
    }

    /// The session is over, as far as this process is concerned: nothing of it can be used any more.
    mutating func forget() {
        record.refreshToken = nil
        record.tokens = []
        record.pending = nil
        unsaved = nil
    }

    /// Whether a refresh token of the store is the one that was replaced here, or was thrown away on its account.
    func isOutdated(_ refreshToken: String?) -> Bool {
        guard let unsaved else { return false }
        return refreshToken == nil || refreshToken == unsaved.replaced
    }
}
