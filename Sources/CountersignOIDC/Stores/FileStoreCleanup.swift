import Countersign

/// Decides when a file store removes its expired entries: after many saves, or after some time.
///
/// Sign-ins that are begun and never completed leave entries that nobody loads again. A flood of them must not stay on the
/// disk until a thousand more entries are saved.
struct FileStoreCleanup {
    private var savesLeft = Self.minimumSaves
    private var dueAt: MonotonicInstant
    private var isRunning = false

    static let minimumSaves = 1000
    static let interval = Duration.seconds(900)
    /// A cleanup of a large store takes at most this part of the time.
    private static let maximumShare = 20

    init(at now: MonotonicInstant) {
        dueAt = now.advanced(by: Self.interval)
    }

    /// Returns true if the caller must start a cleanup.
    mutating func isDue(at now: MonotonicInstant, afterSave: Bool) -> Bool {
        if afterSave { savesLeft -= 1 }
        guard !isRunning, savesLeft <= 0 || dueAt <= now else { return false }
        isRunning = true
        return true
    }

    /// Schedules the next cleanup.
    ///
    /// It follows after as many saves as files are left, so it costs little on average.
    mutating func complete(startedAt start: MonotonicInstant, at now: MonotonicInstant, files: Int) {
        isRunning = false
        savesLeft = max(Self.minimumSaves, files)
        dueAt = now.advanced(by: max(Self.interval, (now - start) * Self.maximumShare))
    }
}
