import CountersignHTTP

/// The token slots of a runtime, by identity.
///
/// It is asked once by a client for each kind of token that the client needs, not by each call. It holds no more than
/// its capacity, unless that many are in use: the slots not asked for lately make room, one at a time, but none that a
/// client still has or whose fetch is under way.
final class TokenCache: Sendable {
    private struct Entry {
        let identity: TokenIdentity
        var slot: TokenCacheEntry
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
    func slot(for identity: TokenIdentity, make: () -> TokenCacheEntry) -> TokenCacheEntry {
        ring.withLock { ring in
            if let position = ring.positions[identity] {
                ring.entries[position].wasAskedFor = true
                return ring.entries[position].slot
            }
            let slot = make()
            let entry = Entry(identity: identity, slot: slot, wasAskedFor: false)
            if ring.entries.count >= capacity, let position = Self.makeRoom(in: &ring) {
                ring.positions[identity] = position
                ring.entries[position] = entry
            } else {
                // At capacity too, when every slot looked at is in use: sharing a token matters more than the bound.
                ring.positions[identity] = ring.entries.count
                ring.entries.append(entry)
            }
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
        var found: Int?
        for _ in 0..<min(ring.entries.count, 64) {
            let position = ring.hand
            ring.hand = (position + 1) % ring.entries.count
            let isIdle = isKnownUniquelyReferenced(&ring.entries[position].slot) && ring.entries[position].slot.isIdle
            if isIdle, !ring.entries[position].wasAskedFor {
                found = position
                break
            }
            // Where all were asked for lately, the first of them goes.
            ring.entries[position].wasAskedFor = false
            if isIdle { found = found ?? position }
        }
        if let found { ring.positions[ring.entries[found].identity] = nil }
        return found
    }
}
