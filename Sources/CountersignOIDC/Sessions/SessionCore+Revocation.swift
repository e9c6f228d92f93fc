import Countersign

// Revoking the tokens of a session (RFC 7009).
extension SessionCore {
    /// Revokes tokens at the authorization server, if it has a revocation endpoint.
    nonisolated(nonsending) func revoke(
        _ tokens: RevocableTokens,
        _ tokensToRevoke: TokensToRevoke
    ) async -> RevocationResult {
        guard tokensToRevoke != .nothing else { return .notRequested }
        var selected = tokens.refreshTokens.map { ($0, "refresh_token") }
        if tokensToRevoke == .allTokens || selected.isEmpty {
            selected += tokens.accessTokens.map { ($0, "access_token") }
        }
        guard !selected.isEmpty else { return .notRequested }
        do throws(TokenError) {
            let metadata = try await client.serverMetadata(naming: .revocation)
            guard metadata.names(.revocation) else { return .notSupported }
        } catch {
            return .failed(error)
        }
        var firstError: TokenError?
        for (token, hint) in selected {
            do throws(TokenError) {
                let parameters = [(name: "token", value: token), (name: "token_type_hint", value: hint)]
                _ = try await client.runtime.post(client.request(.revocation, parameters, isOneTimeGrant: false))
            } catch {
                firstError = firstError ?? error
            }
        }
        return firstError.map { .failed($0) } ?? .revoked
    }

    func revokeInBackground(_ tokens: RevocableTokens) {
        let revocation = work.begin(.revocation, session: logID)
        Task.detached { [self] in
            _ = await revoke(tokens, .allTokens)
            revocation.end()
        }
    }
}
