import Countersign

/// How a client asks whether the user has approved (RFC 8628 section 3.5): what to do after each answer.
///
/// A value without clock and network; the effects are ``OIDCClient/complete(_:)``'s.
struct DevicePolling {
    enum Step: Equatable {
        /// Ask again after this time.
        case wait(Duration)
        /// Give up.
        case fail
    }

    /// How long to wait at least; it only ever grows.
    private(set) var interval: Duration
    /// How many failures in a row were passing ones.
    private var failures = 0

    /// The longest pause that a failing server is given.
    private static let longestPause = Duration.seconds(60)

    init(interval: Duration) {
        self.interval = interval
    }

    mutating func step(after error: TokenError) -> Step {
        switch error.oauthError {
        case "authorization_pending":
            failures = 0
            return .wait(interval)
        case "slow_down":
            failures = 0
            // For this and all further requests.
            interval += .seconds(5)
            return .wait(interval)
        default:
            // An answer that was lost may have been an approval: the server repeats it, or refuses the code, which ends it.
            guard error.isTransient || error.kind == .outcomeUnknown else { return .fail }
            failures = min(failures + 1, 10)
            // Twice as long each time (RFC 8628 section 3.5), and never less than the server asks for.
            let pause = min(interval * (1 << failures), max(interval, Self.longestPause))
            return .wait(max(pause, error.retryAfter ?? .zero))
        }
    }
}
