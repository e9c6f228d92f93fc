import Countersign
import CountersignHTTP

/// What the slots of a session have in common: its memory, its entry in the store, its turns.
///
/// It does not hold the slots, which hold it: a session that nobody has any more goes, once its refresh is done.
final class SessionCore: Sendable {
    struct State {
        var memory: SessionMemory
        var isSignedOut = false
        /// Whether the program wants a refresh token tried again whose outcome is unknown.
        var mayRetry = false
        /// Why the store failed last.
        var storeError: TokenStoreError?
        /// Whether a task tries to save what the store would not take.
        var isSaving = false
        var slots: [SessionSlot.ID: WeakSlot] = [:]
    }

    struct WeakSlot {
        weak var slot: TokenCacheEntry?
    }

    let client: OIDCClient
    let entry: SessionEntry
    let options: SessionOptions
    /// The key that the session's tokens are bound to.
    let dpopKey: DPoPKey?
    let state: Locked<State>
    let turns = AsyncMutex()
    let events: SessionEvents

    init(
        _ memory: SessionMemory,
        of client: OIDCClient,
        in entry: SessionEntry,
        boundTo dpopKey: DPoPKey?,
        options: SessionOptions
    ) {
        self.client = client
        self.entry = entry
        self.options = options
        self.dpopKey = dpopKey
        state = Locked(State(memory: memory))
        events = SessionEvents(of: SessionRecord.fingerprint(of: memory.record.id), options.onEvent)
    }

    var clock: any RuntimeClock { client.runtime.clock }
    var memory: SessionMemory { state.withLock { $0.memory } }
    var record: SessionRecord { memory.record }
    var isSignedOut: Bool { state.withLock { $0.isSignedOut } }

    // MARK: Slots

    func keep(_ slot: TokenCacheEntry, as id: SessionSlot.ID) {
        state.withLock { state in
            state.slots = state.slots.filter { $0.value.slot != nil }
            state.slots[id] = WeakSlot(slot: slot)
        }
    }

    func slot(_ id: SessionSlot.ID) -> TokenCacheEntry? {
        state.withLock { $0.slots[id]?.slot }
    }

    /// Takes their tokens from the slots that may not have one any more.
    func clearSlots(where condition: (SessionSlot.ID) -> Bool = { _ in true }) {
        let slots = state.withLock { state in state.slots.filter { condition($0.key) }.compactMap(\.value.slot) }
        for slot in slots { slot.remove() }
    }

    // MARK: Memory

    /// Remembers what a turn came to, and says so.
    ///
    /// - Returns: false when the user has signed out here meanwhile: nothing is remembered.
    func remember(_ memory: SessionMemory) -> Bool {
        let before: SessionRecord? = state.withLock { state in
            guard !state.isSignedOut else { return nil }
            defer { state.memory = memory }
            return state.memory.record
        }
        guard let before else { return false }
        if memory.record.claims != before.claims { events.tell(.claimsChanged) }
        let granted = memory.record.grantedScopes
        if !before.grantedScopes.allSatisfy(granted.contains) {
            clearSlots { !$0.scopes.allSatisfy(granted.contains) }
            events.tell(.scopesNarrowed)
        }
        if case .ended(let error) = memory.record.state, before.state == .active {
            clearSlots()
            client.runtime.record(.sessionEnded, error)
            events.tell(.ended, error)
        }
        return true
    }

    /// The session is over here for good: no token leaves any more, and none is stored.
    ///
    /// - Returns: What there was, the first time.
    func signOutHere() -> SessionRecord? {
        let record: SessionRecord? = state.withLock { state in
            guard !state.isSignedOut else { return nil }
            defer { state.memory.forget() }
            state.isSignedOut = true
            return state.memory.record
        }
        if record != nil {
            clearSlots()
            events.finish(with: .signedOut)
        }
        return record
    }

    /// Tells of a store's failure that the session survives.
    func storeFailed(_ what: String, _ error: TokenStoreError) {
        state.withLock { $0.storeError = error }
        client.runtime.record(.storeFailed, what)
        events.tell(.storeFailed, what)
    }
}
