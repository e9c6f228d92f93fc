/// When a call to an API that failed for a passing reason is made again.
///
/// It is on unless a program turns it off, as it is in the client libraries of the large cloud vendors, because it only
/// touches what is safe to repeat: requests whose method is idempotent (RFC 9110 section 9.2.2), and those of operations
/// with an idempotency key, which stays the same. A body that can be read only once is never sent twice. Every send has
/// a DPoP proof of its own, and a token that is valid then.
///
/// Passing reasons are the ``retryableStatuses``, a connection that could not be made or broke, and an answer that did not come in
/// time. A call never waits beyond its own time (``CallOption/timeout(_:)``), and a cancelled one ends at once.
///
/// ```swift
/// var configuration = Runtime.Configuration()
/// configuration.retries.maximumAttempts = 5
/// let runtime = Runtime(configuration)
/// let once = catalog.options(.withoutRetries)          // for the calls made through this value
/// ```
///
/// Apart from this, and not counted here: what a 401, a DPoP nonce or a pooled connection that the server had closed
/// make necessary.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a call is sent at most, the first time included; 1 or less turns retries off.
    public var maximumAttempts = 3

    /// The statuses after which a call is made again.
    ///
    /// 500 is among them, as it is with most vendors: many servers answer it for what passes, and repeating an
    /// idempotent request does no harm.
    public var retryableStatuses: Set<HTTP.Status> = [408, 429, 500, 502, 503, 504]

    /// The longest wait before the first retry, doubled for each that follows; the wait is drawn from zero to that
    /// ("full jitter").
    public var initialBackoff: Duration = .milliseconds(500)

    /// What the doubling ends at.
    public var maximumBackoff: Duration = .seconds(5)

    /// The longest `Retry-After` that is waited for, in seconds or as a date (RFC 9110 section 10.2.3).
    ///
    /// A server that asks for more is not asked again: its answer goes to the caller. None is asked earlier than it said.
    public var maximumRetryAfter: Duration = .seconds(60)

    /// How many retries an origin has in store, over all calls of a runtime to it.
    ///
    /// Each takes one, and each answer that is no passing failure gives back a tenth. So an API that is down gets hardly
    /// more requests than calls are made, however many they are.
    public var retryBudget = 100

    public init() {}

    /// Every call is sent once.
    public static var none: RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = 1
        return policy
    }

    /// Whether a transport's failure may pass.
    func isTransient(_ kind: HTTP.TransportError.Kind) -> Bool {
        switch kind {
        case .connect, .nameResolution, .timedOut, .closed: true
        default: false
        }
    }

    /// How long to wait before a retry, numbered from 1; nil when there is to be none.
    ///
    /// - Parameter asked: What the server asked for.
    func delay(beforeRetry number: Int, asked: Duration?, jitter: Double) -> Duration? {
        guard number < maximumAttempts else { return nil }
        let asked = asked ?? .zero
        guard asked <= maximumRetryAfter else { return nil }
        let longest = min(maximumBackoff, initialBackoff * Double(1 << min(number - 1, 16)))
        // Added, so that those who were asked for the same time do not come back at the same time.
        return asked + max(.zero, longest) * jitter
    }
}
