import Countersign

/// The polling of the token endpoint until the user has approved on the other device (RFC 8628 section 3.5).
///
/// A pure state machine without clock or network. ``OIDCClient/complete(_:)`` performs its actions.
struct DevicePolling {
    enum Action: Equatable {
        /// Poll again after this time.
        case wait(Duration)
        /// End the sign-in with the error.
        case fail
    }

    /// The minimum time between two polls, which never decreases.
    private(set) var interval: Duration
    /// The number of transient failures in a row.
    private var failures = 0

    private static let maximumBackoff = Duration.seconds(60)

    init(interval: Duration) {
        self.interval = interval
    }

    /// Returns the next action after a poll that brought no token.
    mutating func action(after error: TokenError) -> Action {
        switch error.oauthError {
        case "authorization_pending":
            failures = 0
            return .wait(interval)
        case "slow_down":
            failures = 0
            // Applies to this and all further requests (RFC 8628 section 3.5).
            interval += .seconds(5)
            return .wait(interval)
        default:
            // A lost response may have been an approval. The server then repeats it, or rejects the code, which ends the
            // polling.
            guard error.isTransient || error.kind == .outcomeUnknown else { return .fail }
            failures = min(failures + 1, 10)
            // Exponential backoff (RFC 8628 section 3.5), but never faster than the server allows.
            let backoff = min(interval * (1 << failures), max(interval, Self.maximumBackoff))
            return .wait(max(backoff, error.retryAfter ?? .zero))
        }
    }
}
