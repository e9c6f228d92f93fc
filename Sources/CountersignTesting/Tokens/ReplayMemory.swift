/// The identifiers (`jti`) that were used, kept as long as a token with them could still be accepted.
struct ReplayMemory {
    private var expiries: [String: Double] = [:]
    private var nextSweep = 1024

    /// Notes an identifier; false when it was used before.
    mutating func note(_ identifier: String, until expiry: Double, now: Double) -> Bool {
        if let known = expiries[identifier], known >= now { return false }
        expiries[identifier] = expiry
        if expiries.count >= nextSweep {
            expiries = expiries.filter { $0.value >= now }
            nextSweep = max(1024, expiries.count * 2)
        }
        return true
    }
}
