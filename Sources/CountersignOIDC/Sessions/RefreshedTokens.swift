import Countersign

/// What an answer to a refresh changes in a session.
struct RefreshedTokens: Hashable, Sendable, Redacted {
    var token: SessionToken
    /// nil when the refresh token stays the same (P33).
    var refreshToken: String?
    /// A new ID token that was validated, with the claims as they are kept.
    var identity: Identity?

    struct Identity: Hashable, Sendable, Redacted {
        var idToken: String
        var claims: UserClaims
    }
}

extension SessionRecord {
    mutating func apply(_ answer: RefreshedTokens) {
        keep(answer.token)
        refreshToken = answer.refreshToken ?? refreshToken
        pending = nil
        if let identity = answer.identity {
            idToken = identity.idToken
            claims = identity.claims
        }
        guard let granted = answer.token.scopes else { return }
        if let asked = answer.token.key.scopes {
            // A token for some scopes says nothing of the others.
            grantedScopes.removeAll { asked.contains($0) && !granted.contains($0) }
        } else {
            // P39: what is no longer granted is not asked for.
            grantedScopes.removeAll { !granted.contains($0) }
        }
    }
}
