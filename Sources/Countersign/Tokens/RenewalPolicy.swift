/// The policy for renewing tokens, and for backing off after failed token requests.
///
/// A token goes through three states:
/// - *fresh*: calls use it.
/// - *in its renewal window*: calls use it, and one renewal runs in the background.
/// - *expired*: calls do not use it. A token counts as expired by ``expirySkew`` before its actual expiry.
public struct RenewalPolicy: Sendable, Hashable {
    /// The lifetime of a token whose response has no `expires_in` (RFC 6749 section 5.1).
    ///
    /// The default is one hour.
    public var defaultLifetime: Duration = .seconds(3600)

    /// The time before its expiry at which a token counts as expired, to allow for clock skew and latency.
    ///
    /// It is at most a tenth of the token's lifetime. The default is 10 seconds.
    public var expirySkew: Duration = .seconds(10)

    /// The length of the renewal window, which ends ``expirySkew`` before the expiry.
    ///
    /// It is at most half of the token's lifetime. The default is 20 minutes.
    public var renewalWindow: Duration = .seconds(20 * 60)

    /// The time before a rejected token request is sent again.
    ///
    /// It applies to errors such as `invalid_client`, which a retry cannot fix. The default is one minute.
    public var rejectionBackoff: Duration = .seconds(60)

    /// The maximum number of attempts of a token request while no valid token is cached.
    ///
    /// The default is 3. With 1 there are no retries.
    ///
    /// A transient failure, such as a 503 or a closed connection, is retried after up to half a second, and once more after
    /// up to a second. A server's `Retry-After` makes these delays longer. No attempt begins after the deadlines of the
    /// waiting calls, nor later than ``CountersignRuntime/Configuration/tokenRequestTimeout`` after the first attempt. A
    /// call whose deadline is too early for the next attempt fails at once with the error of the last one.
    ///
    /// While a valid token is cached, no call waits for its renewal, so that each renewal is one attempt.
    public var maximumAttempts = 3

    /// Creates a policy with the default values.
    public init() {}

    /// The policy with durations from zero to a hundred years, so that its calculations cannot overflow.
    var clamped: RenewalPolicy {
        var policy = self
        policy.defaultLifetime = defaultLifetime.clampedToPositive
        policy.expirySkew = expirySkew.clampedToPositive
        policy.renewalWindow = renewalWindow.clampedToPositive
        policy.rejectionBackoff = rejectionBackoff.clampedToPositive
        return policy
    }

    /// The longest delay that a server's `Retry-After` can cause (P20).
    private static let maximumRetryAfter = Duration.seconds(3600)

    /// Returns the times at which a token is renewed and at which it is no longer used.
    ///
    /// - Parameters:
    ///   - start: The time of the token request.
    ///   - jitter: A number in 0 ..< 1. The renewal is earlier by that part of a tenth of the lifetime, at most two
    ///     minutes, so that machines that started together do not renew together.
    func schedule(lifetime: Duration, from start: MonotonicInstant, jitter: Double) -> RenewalSchedule {
        let skew = skew(lifetime: lifetime)
        let window = min(skew + min(lifetime / 2, renewalWindow), lifetime * 0.8)
        var age = lifetime - window - min(lifetime / 10, .seconds(120)) * jitter
        if lifetime <= .seconds(60) {
            // P15: at most one request in half of a short lifetime, and at most one a second.
            age = max(age, lifetime / 2, .seconds(1))
        }
        return RenewalSchedule(
            renewsAt: start.advanced(by: age),
            usableUntil: start.advanced(by: lifetime - skew)
        )
    }

    /// Returns the time before its expiry at which a token with this lifetime counts as expired.
    package func skew(lifetime: Duration) -> Duration {
        max(.zero, min(expirySkew, lifetime / 10))
    }

    /// Returns the delay before the next attempt of a fetch whose `attempt`th attempt has failed.
    func retryDelay(after error: TokenError, attempt: Int, jitter: Double) -> Duration {
        let requested = min(error.retryAfter ?? .zero, Self.maximumRetryAfter)
        return max(.milliseconds(100), requested + .milliseconds(500) * Double(1 << min(attempt - 1, 8)) * jitter)
    }

    /// Returns the delay after the `attempt`th consecutive failure.
    ///
    /// - Parameter hasToken: True if callers have a valid token meanwhile, so that longer delays do no harm.
    func backoff(after error: TokenError, attempt: Int, hasToken: Bool, jitter: Double) -> Duration {
        let requested = min(error.retryAfter ?? .zero, Self.maximumRetryAfter)
        if !error.isTransient { return max(rejectionBackoff, requested) }
        let delay: Duration
        if hasToken && attempt >= 3 {
            delay = .seconds(30) + .seconds(30) * jitter
        } else {
            let limit = min(.seconds(5), .milliseconds(500) * Double(1 << min(attempt, 8)))
            delay = max(.milliseconds(100), limit * jitter)
        }
        return max(delay, requested)
    }
}

/// The times at which a token is renewed and at which it is no longer used.
struct RenewalSchedule: Sendable, Hashable {
    /// The start of the renewal window.
    let renewsAt: MonotonicInstant
    /// The expiry, less the expiry skew.
    let usableUntil: MonotonicInstant
}
