extension TokenSource {
    /// The token for a call, whatever the source throws told as a ``TokenError``.
    ///
    /// - Parameter deadline: When this caller stops waiting.
    nonisolated(nonsending) func token(
        for request: TokenSourceRequest,
        deadline: MonotonicInstant?,
        clock: any RuntimeClock
    ) async throws(TokenError) -> AccessToken {
        guard let deadline else { return try await outcome(of: request).get() }
        return try await within(deadline, on: clock) { await outcome(of: request) }.get()
    }

    private nonisolated(nonsending) func outcome(of request: TokenSourceRequest) async -> Result<
        AccessToken, TokenError
    > {
        do {
            return .success(try await accessToken(for: request))
        } catch let error as TokenError {
            return .failure(error)
        } catch is CancellationError {
            return .failure(TokenError(.cancelled, "the token source was cancelled"))
        } catch {
            // Its text is the program's own and may hold anything: only its type is told.
            return .failure(TokenError(.unreachable, "the token source failed with \(type(of: error))"))
        }
    }
}
