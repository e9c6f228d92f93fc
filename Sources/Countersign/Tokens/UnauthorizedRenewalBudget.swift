/// The 401 budget of a token: at most five renewals within 30 seconds because an API rejected the token (P29).
///
/// Without it, an API that rejects every token would cause a token request for each call.
struct UnauthorizedRenewalBudget: Sendable {
    static let maximumRenewals = 5
    static let window = Duration.seconds(30)

    /// The times of the renewals within the window.
    private(set) var renewals: [MonotonicInstant] = []

    /// Takes one renewal from the budget.
    ///
    /// - Returns: False if the budget is used up.
    mutating func take(at now: MonotonicInstant) -> Bool {
        renewals.removeAll { now - $0 > Self.window }
        guard renewals.count < Self.maximumRenewals else { return false }
        renewals.append(now)
        return true
    }
}
