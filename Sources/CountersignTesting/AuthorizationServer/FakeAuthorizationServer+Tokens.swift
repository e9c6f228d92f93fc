import Countersign
import CountersignCrypto
import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// What a grant amounts to, before scopes and targets are looked at.
    private struct Grant {
        var subject: String
        /// The most that may be granted.
        var scopes: Set<String>
    }

    // MARK: The token endpoint (RFC 6749 section 3.2)

    func issueToken(
        _ request: HTTPRequest,
        form: FormParameters,
        client: Client
    ) throws(OAuthRefusal) -> HTTPResponse {
        let configuration = configuration
        let thumbprint = try verifyProof(of: request, client: client, configuration: configuration)
        let grant = try grant(form, client: client)
        let token = try makeToken(
            grant: grant,
            scopes: Self.scopes(in: form, grant: grant),
            targets: try Self.targets(in: form, client: client),
            client: client,
            thumbprint: thumbprint,
            configuration: configuration
        )
        state.withLock { $0.tokens[token.value] = token }
        var members: [String: JSONValue] = [
            "access_token": .string(token.value),
            "token_type": thumbprint == nil ? "Bearer" : "DPoP",
        ]
        if !token.scopes.isEmpty { members["scope"] = .string(token.scopes.sorted().joined(separator: " ")) }
        if let lifetime = configuration.tokenLifetime { members["expires_in"] = .int(lifetime.components.seconds) }
        var response = HTTPResponse.json(value: .object(members))
        response.fields.append(name: .cacheControl, value: "no-store")
        announceNonce(in: &response, to: request)
        return response
    }

    /// Gives the nonce to use next to whoever sent a proof, with success and refusal alike (RFC 9449 section 8.2).
    func announceNonce(in response: inout HTTPResponse, to request: HTTPRequest) {
        guard request.fields.contains(.dpop), !response.fields.contains(.dpopNonce),
            let nonce = proofs.announcedNonce(under: configuration.nonces)
        else { return }
        response.fields.append(name: .dpopNonce, value: nonce)
    }

    /// The grant that the request is for: further grant types are further cases.
    private func grant(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> Grant {
        guard let type = form["grant_type"] else { throw .invalidRequest("grant_type is missing") }
        switch type {
        case "client_credentials":
            guard client.grantTypes.contains(type), client.authentication.method != "none" else {
                throw OAuthRefusal(code: "unauthorized_client", description: "the client may not use this grant")
            }
            return Grant(subject: client.id, scopes: client.scopes)
        default:
            throw OAuthRefusal(code: "unsupported_grant_type", description: "no such grant here")
        }
    }

    private func verifyProof(
        of request: HTTPRequest,
        client: Client,
        configuration: Configuration
    ) throws(OAuthRefusal) -> String? {
        guard request.fields.contains(.dpop) else {
            guard !client.requiresDPoP else {
                throw OAuthRefusal(code: "invalid_dpop_proof", description: "this client must send a DPoP proof")
            }
            return nil
        }
        let rules = ProofVerifier.Rules(
            nonces: configuration.nonces,
            window: configuration.proofWindow,
            algorithms: configuration.proofAlgorithms
        )
        do throws(ProofVerifier.Refusal) {
            return try proofs.verify(request, accessToken: nil, rules: rules, time: time()).thumbprint
        } catch {
            switch error {
            case .invalid(let reason):
                throw OAuthRefusal(code: "invalid_dpop_proof", description: reason)
            case .nonceNeeded(let nonce):
                throw OAuthRefusal(
                    code: "use_dpop_nonce",
                    description: "Authorization server requires nonce in DPoP proof",
                    fields: ["DPoP-Nonce": nonce]
                )
            }
        }
    }

    /// The scopes to grant (RFC 6749 section 3.3).
    private static func scopes(in form: FormParameters, grant: Grant) throws(OAuthRefusal) -> Set<String> {
        guard let text = form["scope"] else { return grant.scopes }
        let names = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isWellFormed = names.allSatisfy { name in
            !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        }
        guard isWellFormed, grant.scopes.isSuperset(of: names) else {
            throw OAuthRefusal(
                code: "invalid_scope",
                description: "a scope is not allowed, or not written as RFC 6749 3.3"
            )
        }
        return Set(names)
    }

    /// The resources (RFC 8707) and audiences that the token is for.
    private static func targets(in form: FormParameters, client: Client) throws(OAuthRefusal) -> [String] {
        let resources = form.values(for: "resource")
        for resource in resources {
            guard let colon = resource.firstIndex(of: ":"), colon != resource.startIndex, !resource.contains("#"),
                resource.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw OAuthRefusal(
                    code: "invalid_target",
                    description: "a resource is not an absolute URI without fragment"
                )
            }
        }
        let targets = resources + form.values(for: "audience")
        guard client.targets?.isSuperset(of: targets) ?? true else {
            throw OAuthRefusal(code: "invalid_target", description: "the client may not ask for this target")
        }
        return targets
    }

    private func makeToken(
        grant: Grant,
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
                guard let signingKey else { throw OAuthRefusal(status: 500, code: "server_error") }
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
                if let thumbprint { claims["cnf"] = .object(["jkt": .string(thumbprint)]) }
                let header: [String: JSONValue] = ["typ": "at+jwt", "kid": .string(Self.keyID)]
                value = try SignedToken.sign(header: header, claims: claims, with: signingKey)
            }
        } catch {
            throw OAuthRefusal(status: 500, code: "server_error", description: "the token cannot be made")
        }
        return IssuedToken(
            value: value,
            number: number,
            clientID: client.id,
            subject: grant.subject,
            scopes: scopes,
            audience: audience,
            thumbprint: thumbprint,
            issuedAt: issuedAt,
            expiresAt: expiresAt
        )
    }

    // MARK: Looking at tokens

    /// The token of that value, if it was issued here.
    func token(_ value: String) -> IssuedToken? {
        state.withLock { $0.tokens[value] }
    }

    /// Whether a token is neither revoked nor expired.
    func isActive(_ token: IssuedToken) -> Bool {
        !token.isRevoked && (token.expiresAt.map { $0.seconds > time() } ?? true)
    }

    /// Revocation (RFC 7009): an unknown token is as good as revoked.
    func revoke(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTPResponse {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        let isAnothers = state.withLock { state in
            guard let token = state.tokens[value] else { return false }
            if token.clientID == client.id { state.tokens[value]?.isRevoked = true }
            return token.clientID != client.id
        }
        if isAnothers { throw OAuthRefusal(code: "unauthorized_client", description: "the token is another client's") }
        return HTTPResponse(status: 200)
    }

    /// Introspection (RFC 7662), open to every confidential client.
    func introspect(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTPResponse {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        guard client.authentication.method != "none" else { throw .invalidClient("a public client may not introspect") }
        guard let token = token(value), isActive(token) else { return .json(value: ["active": false]) }
        var members: [String: JSONValue] = [
            "active": true,
            "iss": .string(issuer),
            "client_id": .string(token.clientID),
            "sub": .string(token.subject),
            "scope": .string(token.scopes.sorted().joined(separator: " ")),
            "token_type": token.thumbprint == nil ? "Bearer" : "DPoP",
            "iat": .int(token.issuedAt.components.seconds),
        ]
        if !token.audience.isEmpty { members["aud"] = .array(token.audience.map(JSONValue.string)) }
        if let expiry = token.expiresAt { members["exp"] = .int(expiry.components.seconds) }
        if let thumbprint = token.thumbprint { members["cnf"] = .object(["jkt": .string(thumbprint)]) }
        return .json(value: .object(members))
    }
}
