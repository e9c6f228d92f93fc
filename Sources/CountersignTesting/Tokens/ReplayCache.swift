/// The used identifiers (`jti`), stored as long as a token with them could still be accepted.
struct ReplayCache {
    private var expiries: [String: Double] = [:]
    private var nextSweep = 1024

    /// Inserts an identifier and returns false if it was already used.
    mutating func insert(_ identifier: String, until expiry: Double, now: Double) -> Bool {
        if let known = expiries[identifier], known >= now { return false }
        expiries[identifier] = expiry
        if expiries.count >= nextSweep {
            expiries = expiries.filter { $0.value >= now }
            nextSweep = max(1024, expiries.count * 2)
        }
        return true
    }
}
