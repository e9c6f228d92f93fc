import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// Returns a new ID token (OpenID Connect Core sections 2, 3.1.3.6 and 12.2).
    func idToken(
        of grant: UserGrant,
        type: GrantType,
        accessToken: String,
        fault: Fault?
    ) throws(OAuthErrorResponse) -> String {
        let configuration = configuration
        let now = time()
        let user = user(ofGrant: grant.id) ?? grant.user
        var claims: [String: JSONValue] =
            configuration.idTokenHoldsUserClaims ? user.claims(scopes: grant.scopes) : ["sub": .string(user.subject)]
        claims.merge([
            "iss": .string(issuer),
            "aud": .string(grant.clientID),
            "azp": .string(grant.clientID),
            "iat": .int(Int64(now)),
            "exp": .int(Int64(now + configuration.idTokenLifetime.clamped.seconds)),
            "auth_time": .int(Int64(grant.authenticatedAt)),
            "sid": .string(grant.sessionID),
            "amr": .array(user.authenticationMethods.map(JSONValue.string)),
            "at_hash": .string(Self.halfHash(accessToken, algorithm: configuration.idTokenAlgorithm)),
        ]) { $1 }
        if let context = grant.context { claims["acr"] = .string(context) }
        if let nonce = grant.nonce, type != .refreshToken { claims["nonce"] = .string(nonce) }
        configuration.idTokenClaims?(&claims)
        if case .idToken(let edit) = fault?.action { edit(&claims) }
        do throws(CryptoError) {
            let token = try sign(claims, header: ["typ": "JWT"], algorithm: configuration.idTokenAlgorithm)
            return configuration.rawIDToken?(token) ?? token
        } catch {
            throw OAuthErrorResponse(status: 500, code: "server_error", description: "creating the ID token failed")
        }
    }

    /// Returns the user of a grant with the current registration, so that a refresh returns changed claims.
    func user(ofGrant id: Int) -> FakeUser? {
        state.withLock { state in
            guard let user = state.grants[id]?.user else { return nil }
            return state.users.first { $0.subject == user.subject } ?? user
        }
    }

    /// Returns the left half of the token's digest, by the hash of the algorithm (OpenID Connect Core section 3.1.3.6).
    private static func halfHash(_ token: String, algorithm: SignatureAlgorithm) -> String {
        let digest =
            switch algorithm {
            case .es256, .rs256, .ps256: SHA2.sha256(token.utf8)
            case .es384: SHA2.sha384(token.utf8)
            // Ed25519 hashes with SHA-512.
            case .es512, .edDSA: SHA2.sha512(token.utf8)
            }
        return Base64URLText.encode(digest.prefix(digest.count / 2))
    }
}
