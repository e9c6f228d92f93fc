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
            let metadata = try await client.runtime.metadata(of: try client.issuer(), naming: .revocation)
            guard metadata.names(.revocation) else { return .notSupported }
        } catch {
            return .failed(error)
        }
        var firstError: TokenError?
        for (token, hint) in selected {
            do throws(TokenError) {
                let parameters = [(name: "token", value: token), (name: "token_type_hint", value: hint)]
                _ = try await client.runtime.post(client.request(.revocation, parameters, mayBeRepeated: true))
            } catch {
                firstError = firstError ?? error
            }
        }
        return firstError.map { .failed($0) } ?? .revoked
    }

    func revokeInBackground(_ tokens: RevocableTokens) {
        Task.detached { [self] in _ = await revoke(tokens, .allTokens) }
    }
}

/// The tokens of a session that has ended.
struct RevocableTokens: Sendable, Redacted {
    private(set) var refreshTokens: [String] = []
    private(set) var accessTokens: [String] = []

    init(_ record: SessionRecord) {
        add(record)
    }

    init(_ response: RefreshedTokens) {
        refreshTokens = response.refreshToken.map { [$0] } ?? []
        accessTokens = [response.accessToken.value]
    }

    mutating func add(_ record: SessionRecord) {
        if let token = record.refreshToken, !refreshTokens.contains(token) { refreshTokens.append(token) }
        for token in record.tokens where !accessTokens.contains(token.value) { accessTokens.append(token.value) }
    }
}
