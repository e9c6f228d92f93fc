import Countersign

// Loading and saving the session's record.
extension SessionCore {
    private static let maximumSaveAttempts = 5

    nonisolated(nonsending) func load() async -> RefreshStateMachine.LoadResult {
        do throws(TokenStoreError) {
            guard let (record, version) = try await entry.load() else { return .notFound }
            return .loaded(record, version)
        } catch {
            reportStoreFailure(.load, error)
            return .failed
        }
    }

    nonisolated(nonsending) func save(
        _ record: SessionRecord,
        replacing version: StoreVersion?
    ) async -> RefreshStateMachine.SaveResult {
        do throws(TokenStoreError) {
            return .saved(try await entry.save(record, replacing: version))
        } catch {
            if error.kind == .conflict { return .conflict }
            reportStoreFailure(.save, error)
            return .failed
        }
    }

    /// Stores a new session, replacing the entry that the store has under its id.
    ///
    /// - Throws: `TokenError` if the session is not stored. P37 does not apply to a new session: if the program ended
    ///   now, the store would still contain the previous entry.
    nonisolated(nonsending) func saveNewSession() async throws(TokenError) {
        let underWay = work.begin(.save, session: logID)
        defer { underWay.end() }
        var session = session
        for _ in 0..<Self.maximumSaveAttempts {
            do throws(TokenStoreError) {
                do throws(TokenStoreError) {
                    session.version = try await entry.load()?.version
                } catch {
                    // An entry that cannot be decoded is replaced.
                    guard error.kind == .corrupt else { throw error }
                    try await entry.remove()
                    session.version = nil
                }
                session.version = try await entry.save(session.record, replacing: session.version)
                _ = adopt(session)
                return
            } catch {
                if error.kind == .conflict { continue }
                client.record(.storeFailed, StoreOperation.save.rawValue)
                throw TokenError(error, consequence: "the new session is not stored")
            }
        }
        throw TokenError(.storage, "the new session is not stored: other processes keep changing its entry")
    }

    /// Merges userinfo claims into the session, and saves it.
    nonisolated(nonsending) func update(withUserInfo userInfo: UserClaims) async {
        let underWay = work.begin(.save, session: logID)
        defer { underWay.end() }
        await mutex.withLock {
            for _ in 0..<Self.maximumSaveAttempts {
                var session = session
                if case .loaded(let stored, let version) = await load(),
                    !session.update(from: stored, version: version)
                {
                    return
                }
                let stored = session.record.claims
                session.record.claims = configuration.transformed(
                    userInfo.aboutTheUser.merging(stored),
                    stored: stored
                )
                guard !isSignedOut else { return }
                switch await save(session.record, replacing: session.version) {
                case .saved(let version):
                    session.version = version
                    session.unsavedChange = nil
                case .conflict:
                    continue
                case .failed:
                    session.unsavedChange =
                        session.unsavedChange ?? .init(storedRefreshToken: session.record.refreshToken)
                }
                if !adopt(session) { await removeStoredSession(of: [session.record.signInID]) }
                return
            }
        }
        saveInBackgroundIfNeeded()
    }
}
