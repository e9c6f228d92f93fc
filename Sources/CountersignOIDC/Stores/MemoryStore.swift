public import Countersign

/// A store that forgets everything when the program ends.
public final class MemoryStore: Sendable {
    private let clock: any RuntimeClock

    /// An empty store.
    ///
    /// - Parameter clock: What tells whether an entry's expiry has passed.
    public init(clock: any RuntimeClock = SystemClock()) {
        self.clock = clock
    }
}
