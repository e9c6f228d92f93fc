extension TokenSource {
    /// Returns the token for a call, until a deadline.
    ///
    /// Each error of the source becomes a ``TokenError``.
    nonisolated(nonsending) func token(
        for request: TokenSourceRequest,
        deadline: MonotonicInstant?,
        clock: any RuntimeClock
    ) async throws(TokenError) -> AccessToken {
        guard let deadline else { return try await outcome(of: request, clock).get() }
        return try await within(deadline, on: clock) { await outcome(of: request, clock) }.get()
    }

    private nonisolated(nonsending) func outcome(
        of request: TokenSourceRequest,
        _ clock: any RuntimeClock
    ) async -> Result<AccessToken, TokenError> {
        do {
            return .success(try await accessToken(for: request).withLifetime(from: clock))
        } catch let error as TokenError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(TokenError(.cancelled, "the token source was cancelled"))
        } catch {
            // The text of the program's error may contain anything, so the message names only its type.
            return .failure(TokenError(.unreachable, "the token source failed with \(type(of: error))"))
        }
    }
}
