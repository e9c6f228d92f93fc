import Countersign

/// What becomes of an answer.
extension RefreshStateMachine {
    mutating func save(_ answer: RefreshedTokens, in record: SessionRecord) -> Step {
        draft = record
        draft.apply(answer)
        phase = .saving(answer)
        return .save(draft, replacing: memory.version)
    }

    /// P37: the only copy of a refresh token is never dropped.
    mutating func keepInMemory(_ answer: RefreshedTokens) -> Step {
        memory.unsaved = memory.unsaved ?? .init(replaced: memory.record.refreshToken)
        memory.record = draft
        return finish(.token(answer.token))
    }

    /// The entry has changed under a refresh.
    mutating func merge(_ answer: RefreshedTokens, into found: Found) -> Step {
        switch found {
        case .failed:
            return keepInMemory(answer)
        case .nothing:
            // P38: signed out meanwhile, and out it stays.
            discarded = answer
            return fail(.gone)
        case .entry(let stored, let version):
            guard stored.signIn == memory.record.signIn else {
                discarded = answer
                return fail(.replaced)
            }
            memory.version = version
            if stored.refreshToken == nil || stored.refreshToken == memory.record.refreshToken
                || memory.isOutdated(stored.refreshToken)
            {
                var record = stored
                record.refreshToken = memory.record.refreshToken
                record.state = .active
                return save(answer, in: record)
            }
            // Somebody refreshed at the same time, and stored it first; the access token is good all the same.
            memory.record = stored
            memory.unsaved = nil
            return finish(.token(answer.token))
        }
    }

    /// P36: the refresh token is not good any more; perhaps there is a newer one.
    mutating func recover(_ found: Found, at now: Duration) -> Step {
        switch found {
        case .failed:
            // Only who has read the store again may end a session.
            memory.record.pending = previous
            return fail(.answered)
        case .nothing:
            return fail(.gone)
        case .entry(let stored, let version):
            let sent = memory.record.refreshToken
            if stored.signIn == memory.record.signIn, stored.state == .active,
                stored.refreshToken == sent || memory.isOutdated(stored.refreshToken)
            {
                memory.version = version
                return end()
            }
            memory.unsaved = nil
            guard memory.learn(stored, version) else { return fail(.replaced) }
            if case .ended(let error) = stored.state { return fail(.ended(error)) }
            guard !hasRecovered else { return fail(.busy) }
            hasRecovered = true
            return decide(at: now)
        }
    }

    mutating func end() -> Step {
        draft = memory.record.ended(by: "invalid_grant")
        phase = .ending
        return .save(draft, replacing: memory.version)
    }

    mutating func unmark(_ failure: Failure, pending: SessionRecord.Pending?) -> Step {
        memory.settledAttempt = memory.record.pending?.attempt
        draft = memory.record
        draft.pending = pending
        guard !isDegraded else {
            memory.record = draft
            return fail(failure)
        }
        phase = .unmarking(failure)
        return .save(draft, replacing: memory.version)
    }

    mutating func retryAfterConflict(_ change: (inout RefreshStateMachine) -> Void) -> Step? {
        conflicts += 1
        guard conflicts <= Self.maximumConflicts else { return nil }
        change(&self)
        return .load
    }

    mutating func remember(_ record: SessionRecord, _ version: StoreVersion) {
        memory.record = record
        memory.version = version
        memory.unsaved = nil
    }

    mutating func failEnded() -> Step {
        guard case .ended(let error) = memory.record.state else { return fail(.storage) }
        return fail(.ended(error))
    }

    mutating func fail(_ failure: Failure) -> Step {
        finish(.failed(failure))
    }

    mutating func finish(_ outcome: Outcome) -> Step {
        phase = .finished
        return .finish(outcome)
    }
}
