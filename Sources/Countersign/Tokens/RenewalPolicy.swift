/// When tokens are renewed and how failures are spaced.
///
/// A token has three ages. *Fresh*: it is used. *Renew soon*: it is used, and one renewal runs in the background.
/// *Expired*: it is never sent. The figures below say where the ages begin.
public struct RenewalPolicy: Sendable, Hashable {
    /// The life given to a token whose response has no `expires_in` (RFC 6749 section 5.1).
    public var defaultLifetime: Duration = .seconds(3600)

    /// The longest time before its expiry at which a token is no longer sent; never more than a tenth of its life.
    public var expirySkew: Duration = .seconds(10)

    /// The longest time that renewal begins ahead of the hard margin; never more than half of a token's life.
    public var renewalWindow: Duration = .seconds(20 * 60)

    /// How long a refused request (`invalid_client` and its kind) is not repeated.
    public var rejectionBackoff: Duration = .seconds(60)

    public init() {}

    /// When a token that was asked for at `start` is to be renewed, and when it may no longer be sent.
    ///
    /// - Parameter jitter: In 0 ..< 1: brings the renewal forward by up to a tenth of the life, or two minutes, so that
    ///   machines that started together do not renew together.
    func ages(of lifetime: Duration, from start: MonotonicInstant, jitter: Double) -> (renewal: MonotonicInstant, deadline: MonotonicInstant) {
        let margin = margin(of: lifetime)
        let ahead = min(margin + min(lifetime / 2, renewalWindow), lifetime * 0.8)
        var age = lifetime - ahead - min(lifetime / 10, .seconds(120)) * jitter
        if lifetime <= .seconds(60) {
            // A short life must not become a renewal loop: at most one request in half of it, and one a second.
            age = max(age, lifetime / 2, .seconds(1))
        }
        return (start.advanced(by: age), start.advanced(by: lifetime - margin))
    }

    /// How long before its expiry a token with this life is no longer sent.
    package func margin(of lifetime: Duration) -> Duration {
        max(.zero, min(expirySkew, lifetime / 10))
    }

    /// How long to wait after the `attempt`th failure in a row.
    ///
    /// - Parameter served: Whether callers still have a valid token meanwhile: then there is no hurry.
    func pause(after error: TokenError, attempt: Int, served: Bool, jitter: Double) -> Duration {
        // P20: no server puts us off for more than an hour.
        let asked = min(error.retryAfter ?? .zero, .seconds(3600))
        if !error.isTransient { return max(rejectionBackoff, asked) }
        let spread: Duration
        if served && attempt >= 3 {
            spread = .seconds(30) + .seconds(30) * jitter
        } else {
            spread = max(
                .milliseconds(100),
                min(.seconds(5), .milliseconds(500) * Double(1 << min(attempt, 8))) * jitter
            )
        }
        return max(spread, asked)
    }
}
