import Countersign
import CountersignCrypto
import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// Makes an access token and notes it (RFC 9068, RFC 9449 section 6).
    func makeToken(
        grant: TokenGrant,
        scopes: Set<String>,
        targets: [String],
        client: Client,
        thumbprint: String?,
        configuration: Configuration
    ) throws(OAuthRefusal) -> IssuedToken {
        let number = state.withLock { state in
            state.tokenCount += 1
            return state.tokenCount
        }
        let issuedAt = Duration.seconds(time())
        let expiresAt = configuration.tokenLifetime.map { issuedAt + $0 }
        let audience = targets.isEmpty ? client.audience : targets
        let value: String
        do {
            switch configuration.tokenFormat {
            case .opaque:
                value = Base64URLText.encode(try SecureRandom.bytes(32))
            case .jwt:
                let key = try signingKey(.es256)
                var claims: [String: JSONValue] = [
                    "iss": .string(issuer),
                    "sub": .string(grant.subject),
                    "client_id": .string(client.id),
                    "iat": .int(issuedAt.components.seconds),
                    "jti": .string(Base64URLText.encode(try SecureRandom.bytes(16))),
                    "scope": .string(scopes.sorted().joined(separator: " ")),
                    "aud": .array((audience.isEmpty ? [issuer] : audience).map(JSONValue.string)),
                ]
                if let expiresAt { claims["exp"] = .int(expiresAt.components.seconds) }
                if let user = grant.user {
                    claims["auth_time"] = .int(Int64(user.authenticatedAt))
                    claims["sid"] = .string(user.sessionID)
                }
                if let actor = grant.actor { claims["act"] = .object(["sub": .string(actor)]) }
                if let thumbprint { claims["cnf"] = .object(["jkt": .string(thumbprint)]) }
                let header: [String: JSONValue] = ["typ": "at+jwt", "kid": .string(key.id)]
                value = try SignedToken.sign(header: header, claims: claims, with: key.key)
            }
        } catch {
            throw OAuthRefusal(status: 500, code: "server_error", description: "the token cannot be made")
        }
        let token = IssuedToken(
            value: value,
            number: number,
            clientID: client.id,
            subject: grant.subject,
            scopes: scopes,
            audience: audience,
            thumbprint: thumbprint,
            issuedAt: issuedAt,
            expiresAt: expiresAt,
            grantType: grant.type,
            familyID: grant.user?.id,
            actor: grant.actor
        )
        state.withLock { state in
            state.tokens[value] = token
            // A grant that was revoked since it was looked at gives nothing that is good.
            if let id = token.familyID, state.grants[id]?.isRevoked == true { state.tokens[value]?.isRevoked = true }
        }
        return token
    }

    /// The token of that value, if it was issued here.
    func token(_ value: String) -> IssuedToken? {
        state.withLock { $0.tokens[value] }
    }

    /// Whether a token is neither revoked nor expired.
    func isActive(_ token: IssuedToken) -> Bool {
        !token.isRevoked && (token.expiresAt.map { $0.seconds > time() } ?? true)
    }
}
