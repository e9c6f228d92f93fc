import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// Responds to a token request (RFC 6749 section 3.2).
    func issueToken(
        _ request: HTTP.Request,
        form: FormParameters,
        client: Client,
        fault: Fault?
    ) throws(OAuthErrorResponse) -> HTTP.Response {
        let configuration = configuration
        guard let type = form["grant_type"].map(GrantType.init(rawValue:)) else {
            throw .invalidRequest("grant_type is missing")
        }
        let thumbprint: String?
        do throws(OAuthErrorResponse) {
            thumbprint = try verifyProof(of: request, isRequired: client.requiresDPoP, configuration: configuration)
        } catch {
            if configuration.consumesGrantBeforeNonce, error.code == "use_dpop_nonce" {
                try consumeGrant(type, form: form, client: client)
            }
            throw error
        }
        let grant = try grant(type, form: form, client: client, thumbprint: thumbprint)
        let scopes = try ScopeList.read(form["scope"], allowed: grant.scopes)
        let targets = try Self.targets(in: form, grant: grant, client: client)
        let refreshToken = try redeem(
            grant,
            form: form,
            client: client,
            thumbprint: thumbprint,
            newRefreshToken: try randomText()
        )
        let token = try makeToken(
            grant: grant,
            scopes: scopes,
            targets: targets,
            client: client,
            thumbprint: thumbprint,
            configuration: configuration
        )
        var members: [String: JSONValue] = [
            "access_token": .string(token.value),
            "token_type": thumbprint == nil ? "Bearer" : "DPoP",
        ]
        if !token.scopes.isEmpty { members["scope"] = .string(token.scopes.sorted().joined(separator: " ")) }
        if let lifetime = configuration.tokenLifetime?.clamped.components {
            members["expires_in"] = .int(lifetime.seconds)
        }
        if let refreshToken { members["refresh_token"] = .string(refreshToken) }
        if type == .tokenExchange {
            members["issued_token_type"] = .string(form["requested_token_type"] ?? TokenTypeURI.accessToken.rawValue)
        }
        if let user = grant.user, user.scopes.contains("openid"),
            type != .refreshToken || configuration.idTokenOnRefresh
        {
            members["id_token"] = .string(try idToken(of: user, type: type, accessToken: token.value, fault: fault))
        }
        var response = HTTP.Response.json(value: .object(members))
        response.fields.append(name: .cacheControl, value: "no-store")
        announceNonce(in: &response, to: request)
        return response
    }

    /// Uses up a grant without issuing a token, for ``Configuration/consumesGrantBeforeNonce``.
    private func consumeGrant(_ type: GrantType, form: FormParameters, client: Client) throws(OAuthErrorResponse) {
        let time = time()
        let replacement = try randomText()
        state.withLock { state in
            if let code = form["code"], state.codes[code]?.clientID == client.id { state.codes[code]?.isSpent = true }
            if let code = form["device_code"], let device = state.devices[code], device.clientID == client.id,
                case .approved = device.outcome
            {
                state.devices[code]?.outcome = .redeemed
            }
            if let used = form["refresh_token"], let token = state.refreshTokens[used],
                state.grants[token.grantID]?.clientID == client.id, state.configuration.refreshTokenRotation != .none
            {
                state.addRefreshToken(replacement, grantID: token.grantID, replacing: used, time: time)
            }
        }
    }

    /// Returns the resources (RFC 8707) and audiences of the token.
    private static func targets(
        in form: FormParameters,
        grant: TokenGrant,
        client: Client
    ) throws(OAuthErrorResponse) -> [String] {
        let audiences = form.values(for: "audience")
        guard client.targets?.isSuperset(of: audiences) ?? true else {
            throw OAuthErrorResponse(code: "invalid_target", description: "the client may not request this audience")
        }
        let resources = try ResourceList.read(form, client: client)
        guard grant.resources.isEmpty || Set(grant.resources).isSuperset(of: resources) else {
            throw OAuthErrorResponse(
                code: "invalid_target",
                description: "the resource was not part of the authorization"
            )
        }
        let targets = resources + audiences
        return targets.isEmpty ? grant.resources : targets
    }

    /// Returns 256 random bits as text.
    func randomText() throws(OAuthErrorResponse) -> String {
        do throws(CryptoError) {
            return Base64URLText.encode(try SecureRandom.bytes(32))
        } catch {
            throw OAuthErrorResponse(status: 500, code: "server_error", description: "no random bytes available")
        }
    }
}
