/// The entries of a ``TokenCache``, and their eviction by the clock algorithm (second chance).
///
/// The entries form a ring with a hand, so that a lookup and an eviction are both O(1). An entry that a client still
/// holds, or whose fetch is running, is not evicted. The number of entries exceeds the capacity only if all are in use.
struct TokenCacheEviction: Sendable {
    private struct Node {
        let identity: TokenIdentity
        var entry: TokenCacheEntry
        /// True if the entry was looked up since the hand last passed it.
        var wasUsed = false
    }

    /// The maximum number of nodes that one eviction examines.
    private static let maximumSteps = 64

    private let capacity: Int
    private var nodes: [Node] = []
    private var positions: [TokenIdentity: Int] = [:]
    private var hand = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var all: [TokenCacheEntry] { nodes.map(\.entry) }

    var count: Int { nodes.count }

    /// Returns the entry of an identity and marks it as used.
    mutating func lookUp(_ identity: TokenIdentity) -> TokenCacheEntry? {
        guard let position = positions[identity] else { return nil }
        nodes[position].wasUsed = true
        return nodes[position].entry
    }

    /// Adds the entry of a new identity, in place of another one if the capacity is reached.
    mutating func insert(_ entry: TokenCacheEntry, for identity: TokenIdentity) {
        let node = Node(identity: identity, entry: entry)
        if nodes.count >= capacity, let position = evict() {
            positions[identity] = position
            nodes[position] = node
        } else {
            // If all examined entries are in use, the capacity is exceeded: sharing a token matters more than the limit.
            positions[identity] = nodes.count
            nodes.append(node)
        }
    }

    /// Frees the position of an idle entry: the first one that was not used recently, or else the first one.
    private mutating func evict() -> Int? {
        var candidate: Int?
        for _ in 0..<min(nodes.count, Self.maximumSteps) {
            let position = hand
            hand = (position + 1) % nodes.count
            let isIdle = isKnownUniquelyReferenced(&nodes[position].entry) && nodes[position].entry.isIdle
            if isIdle, !nodes[position].wasUsed {
                candidate = position
                break
            }
            nodes[position].wasUsed = false
            if isIdle { candidate = candidate ?? position }
        }
        if let candidate { positions[nodes[candidate].identity] = nil }
        return candidate
    }
}
