/// The rules for retrying calls to APIs after transient failures, with exponential backoff.
///
/// Retries are on by default, as in the client libraries of the large cloud vendors, because only requests that are safe
/// to repeat are retried: those with an idempotent method (RFC 9110 section 9.2.2), and those of operations with an
/// idempotency key, which stays the same. A body that can be read only once is never sent twice. Each attempt has its own
/// DPoP proof, and a token that is valid at that time.
///
/// Transient failures are the ``retryableStatuses``, a connection that failed or broke, and a response that did not arrive
/// in time. A call never waits beyond its timeout (``CallOption/timeout(_:)``). A cancelled call ends at once.
///
/// ```swift
/// var configuration = CountersignRuntime.Configuration()
/// configuration.retries.maximumAttempts = 5
/// let runtime = CountersignRuntime(configuration)
/// let once = catalog.options(.withoutRetries)          // for the calls made through this value
/// ```
///
/// Resends after a 401, for a DPoP nonce, or after the server closed a pooled connection are separate and not counted
/// here.
public struct RetryPolicy: Sendable, Hashable {
    /// The maximum number of attempts of a call, the first included.
    ///
    /// With 1 or less there are no retries.
    public var maximumAttempts = 3

    /// The statuses after which a call is retried.
    ///
    /// 500 is included, as with most vendors: many servers respond with it to transient failures, and repeating an
    /// idempotent request is harmless.
    public var retryableStatuses: Set<HTTP.Status> = [408, 429, 500, 502, 503, 504]

    /// The longest wait before the first retry.
    ///
    /// It doubles with each retry. The actual wait is a random time between zero and the longest wait ("full jitter").
    public var initialBackoff: Duration = .milliseconds(500)

    /// The longest wait before any retry: the doubling ends there.
    public var maximumBackoff: Duration = .seconds(5)

    /// The longest `Retry-After` that a call waits for, in seconds or as a date (RFC 9110 section 10.2.3).
    ///
    /// If a server asks for more, the call ends with its response. No retry is sent earlier than the server asked for.
    public var maximumRetryAfter: Duration = .seconds(60)

    /// The size of the retry budget of an origin, which all calls of a runtime to that origin share.
    ///
    /// A retry takes one from the budget, and each response that is not a transient failure returns a tenth. An API that is
    /// down therefore receives hardly more requests than there are calls.
    public var retryBudget = 100

    public init() {}

    /// A policy without retries.
    public static var none: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        return policy
    }

    /// The policy with durations from zero to a hundred years, so that its calculations cannot overflow.
    var clamped: RetryPolicy {
        var policy = self
        policy.initialBackoff = initialBackoff.clampedToPositive
        policy.maximumBackoff = maximumBackoff.clampedToPositive
        policy.maximumRetryAfter = maximumRetryAfter.clampedToPositive
        return policy
    }

    /// Returns true if a failure of the transport is transient.
    func isTransient(_ kind: HTTP.TransportError.Kind) -> Bool {
        switch kind {
        case .connect, .nameResolution, .timedOut, .closed: true
        default: false
        }
    }

    /// Returns the wait before a retry, or nil if the retry is not permitted.
    ///
    /// - Parameters:
    ///   - number: The number of the retry, from 1.
    ///   - retryAfter: The wait that the server asked for.
    ///   - jitter: A random number from 0 ..< 1.
    func delay(beforeRetry number: Int, retryAfter: Duration?, jitter: Double) -> Duration? {
        guard number < maximumAttempts else { return nil }
        let retryAfter = retryAfter ?? .zero
        guard retryAfter <= maximumRetryAfter else { return nil }
        let longest = min(maximumBackoff, initialBackoff * Double(1 << min(number - 1, 16)))
        // Added to Retry-After, so that clients that were given the same time do not return together.
        return retryAfter + max(.zero, longest) * jitter
    }
}
