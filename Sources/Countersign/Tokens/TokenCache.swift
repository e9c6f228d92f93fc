import CountersignHTTP
import Synchronization

/// The token slots of a runtime, by identity.
///
/// It is asked once by a client for each kind of token that the client needs, not by each call. It never holds more
/// than its capacity: the slots not asked for lately make room, one at a time, unless a client still has them or a
/// fetch is under way.
final class TokenCache: Sendable {
    private struct Entry {
        let identity: TokenIdentity
        var slot: TokenSlot
        var wasAskedFor: Bool
    }

    /// A clock (second chance): a ring with a hand, so that looking up and making room are both O(1).
    private struct Ring {
        var entries: [Entry] = []
        var positions: [TokenIdentity: Int] = [:]
        var hand = 0
    }

    private let ring = Locked(Ring())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The slot of an identity, made if there is none.
    func slot(for identity: TokenIdentity, make: () -> TokenSlot) -> TokenSlot {
        ring.withLock { ring in
            if let position = ring.positions[identity] {
                ring.entries[position].wasAskedFor = true
                return ring.entries[position].slot
            }
            let slot = make()
            let entry = Entry(identity: identity, slot: slot, wasAskedFor: false)
            if ring.entries.count < capacity {
                ring.positions[identity] = ring.entries.count
                ring.entries.append(entry)
            } else if let position = Self.makeRoom(in: &ring) {
                ring.positions[identity] = position
                ring.entries[position] = entry
            }
            // Else every slot looked at is in use: this one serves its client and is not shared.
            return slot
        }
    }

    /// Forgets all tokens.
    func purge() {
        let slots = ring.withLock { $0.entries.map(\.slot) }
        for slot in slots { slot.remove() }
    }

    var count: Int { ring.withLock { $0.entries.count } }

    private static func makeRoom(in ring: inout Ring) -> Int? {
        for _ in 0..<min(ring.entries.count, 64) {
            let position = ring.hand
            ring.hand = (position + 1) % ring.entries.count
            if ring.entries[position].wasAskedFor {
                ring.entries[position].wasAskedFor = false
            } else if isKnownUniquelyReferenced(&ring.entries[position].slot), ring.entries[position].slot.isIdle {
                ring.positions[ring.entries[position].identity] = nil
                return position
            }
        }
        return nil
    }
}
