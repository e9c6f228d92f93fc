import Countersign

/// Whether a refresh is needed, and allowed.
extension RefreshStateMachine {
    mutating func read() -> Step {
        phase = .reading
        return .load
    }

    mutating func begin(_ found: Found, at now: Duration) -> Step {
        switch found {
        case .entry(let stored, let version):
            guard memory.learn(stored, version) else { return fail(.replaced) }
        case .nothing:
            return fail(.gone)
        case .failed:
            if demand.isServed { return fail(.storage) }
            isDegraded = true
        }
        return decide(at: now)
    }

    mutating func decide(at now: Duration) -> Step {
        let record = memory.record
        // P50: never another key, and nothing is sent.
        guard record.keyThumbprint == rules.keyThumbprint else { return fail(.wrongKey) }
        if case .ended(let error) = record.state { return fail(.ended(error)) }
        if let end = record.expiresAt, now >= end { return fail(.gone) }
        let missing = demand.scopes.filter { !record.grantedScopes.contains($0) }
        guard missing.isEmpty else { return fail(.missingScope(missing)) }
        if let token = record[demand.key], token.value != demand.handedOut,
            token.isUsable(at: now, policy: rules.renewal)
        {
            return finish(.token(token))
        }
        guard record.refreshToken != nil else { return fail(.noRefreshToken) }
        guard maySend else { return fail(.busy) }
        if let pending = record.pending {
            guard mayRetry || mayReplay(pending, at: now) else { return fail(.outcomeUnknown) }
            mayRetry = false
        }
        return mark(at: now)
    }

    /// P24: once more, soon, and only where the program has said so.
    func mayReplay(_ pending: SessionRecord.Pending, at now: Duration) -> Bool {
        guard let limit = rules.replayLimit, !pending.isReplay else { return false }
        return pending.sentAt <= now && now - pending.sentAt <= limit
    }

    mutating func mark(at now: Duration) -> Step {
        sends += 1
        previous = memory.record.pending
        draft = memory.record
        draft.pending = .init(
            attempt: "\(attempt).\(sends)",
            sentAt: previous?.sentAt ?? now,
            isReplay: previous != nil
        )
        phase = .marking
        return .save(draft, replacing: memory.version)
    }

    mutating func send() -> Step {
        guard let refreshToken = memory.record.refreshToken else { return fail(.noRefreshToken) }
        phase = .sending
        return .send(refreshToken: refreshToken)
    }
}
