import Countersign

/// Saving what the store would not take at once (P37).
extension SessionCore {
    /// How long to wait before the store is tried again: a second, doubled each time, a minute at most.
    static func pause(_ attempt: Int) -> Duration {
        .seconds(1 << min(attempt, 6)).clamped(to: .seconds(60))
    }

    /// Starts to save in the background, if there is something that is not saved.
    func saveLaterIfNeeded() {
        let isNeeded = state.withLock { state in
            guard state.memory.unsaved != nil, !state.isSaving, !state.isSignedOut else { return false }
            state.isSaving = true
            return true
        }
        // It holds the session: the only copy of a refresh token is in it.
        if isNeeded { Task.detached { [self] in await saveUntilDone() } }
    }

    private func saveUntilDone() async {
        var attempt = 0
        repeat {
            // Nobody cancels this task.
            try? await clock.sleep(until: clock.now().advanced(by: Self.pause(attempt)))
            attempt += 1
        } while await !turns.turn { await saveInTurn() }
    }

    /// - Returns: Whether nothing is left to be saved.
    private nonisolated(nonsending) func saveInTurn() async -> Bool {
        var memory = memory
        guard memory.unsaved != nil, !isSignedOut else { return finishSaving() }
        switch await load() {
        case .failed:
            return false
        case .nothing:
            // P38: signed out elsewhere meanwhile.
            revokeInBackground(memory.record)
            if signOutHere() != nil { client.runtime.record(.signedOut, "elsewhere") }
            return finishSaving()
        case .entry(let stored, let version):
            guard memory.learn(stored, version) else {
                revokeInBackground(memory.record)
                _ = signOutHere()
                return finishSaving()
            }
        }
        if memory.unsaved != nil {
            guard !isSignedOut, case .saved(let version) = await save(memory.record, replacing: memory.version) else {
                return isSignedOut ? finishSaving() : false
            }
            memory.version = version
            memory.unsaved = nil
        }
        if !remember(memory) { await removeEntry(of: [memory.record.signIn]) }
        return finishSaving()
    }

    private func finishSaving() -> Bool {
        state.withLock { $0.isSaving = false }
        return true
    }
}

extension Duration {
    func clamped(to longest: Duration) -> Duration { min(self, longest) }
}

extension SessionCore {
    /// Stores a new session, in the place of whatever the store has under its id.
    ///
    /// - Throws: `TokenError` when it is not stored: P37 is about sessions that are, and a program that ends now would
    ///   leave behind what was there before.
    nonisolated(nonsending) func saveFirst() async throws(TokenError) {
        var memory = memory
        for _ in 0..<5 {
            do throws(TokenStoreError) {
                do throws(TokenStoreError) {
                    memory.version = try await entry.load()?.version
                } catch {
                    // What nobody can read is in nobody's way.
                    guard error.kind == .corrupt else { throw error }
                    try await entry.remove()
                    memory.version = nil
                }
                memory.version = try await entry.save(memory.record, replacing: memory.version)
                _ = remember(memory)
                return
            } catch {
                if error.kind == .conflict { continue }
                client.runtime.record(.storeFailed, "save")
                throw TokenError(error, "the new session is not stored")
            }
        }
        throw TokenError(.storage, "the new session is not stored: others change its entry all the time")
    }
}

extension SessionCore {
    /// Keeps what userinfo says, beside what the ID token has said.
    nonisolated(nonsending) func keep(_ told: UserClaims) async {
        await turns.turn {
            for _ in 0..<5 {
                var memory = memory
                if case .entry(let stored, let version) = await load(), !memory.learn(stored, version) { return }
                let kept = memory.record.claims
                memory.record.claims = options.kept(told.aboutTheUser.merging(kept), after: kept)
                guard !isSignedOut else { return }
                switch await save(memory.record, replacing: memory.version) {
                case .saved(let version):
                    memory.version = version
                    memory.unsaved = nil
                case .conflict:
                    continue
                case .failed:
                    memory.unsaved = memory.unsaved ?? .init(replaced: memory.record.refreshToken)
                }
                if !remember(memory) { await removeEntry(of: [memory.record.signIn]) }
                return
            }
        }
        saveLaterIfNeeded()
    }
}
