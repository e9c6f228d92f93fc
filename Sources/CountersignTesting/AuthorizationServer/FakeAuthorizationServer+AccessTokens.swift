import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FakeAuthorizationServer {
    /// Creates and stores an access token (RFC 9068, RFC 9449 section 6).
    func makeToken(
        grant: TokenGrant,
        scopes: Set<String>,
        targets: [String],
        client: Client,
        thumbprint: String?,
        configuration: Configuration
    ) throws(OAuthErrorResponse) -> IssuedToken {
        let number = state.withLock { state in
            state.tokenCount += 1
            return state.tokenCount
        }
        let issuedAt = Date(timeIntervalSince1970: time())
        let expiresAt = configuration.tokenLifetime.map { issuedAt + $0.clamped.seconds }
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
                    "iat": .int(issuedAt.wholeSeconds),
                    "jti": .string(Base64URLText.encode(try SecureRandom.bytes(16))),
                    "scope": .string(scopes.sorted().joined(separator: " ")),
                    "aud": .array((audience.isEmpty ? [issuer] : audience).map(JSONValue.string)),
                ]
                if let expiresAt { claims["exp"] = .int(expiresAt.wholeSeconds) }
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
            throw OAuthErrorResponse(status: 500, code: "server_error", description: "creating the access token failed")
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
            // The grant may have been revoked since it was validated.
            if let id = token.familyID, state.grants[id]?.isRevoked == true { state.tokens[value]?.isRevoked = true }
        }
        return token
    }

    /// Returns the issued token with a value.
    func token(_ value: String) -> IssuedToken? {
        state.withLock { $0.tokens[value] }
    }

    /// Returns whether a token is neither revoked nor expired.
    func isActive(_ token: IssuedToken) -> Bool {
        !token.isRevoked && (token.expiresAt.map { $0.timeIntervalSince1970 > time() } ?? true)
    }
}

extension Date {
    /// The NumericDate (RFC 7519 section 2) without a fraction.
    var wholeSeconds: Int64 { Int64(timeIntervalSince1970) }
}
