import Countersign

extension FakeAuthorizationServer {
    /// Validates the grant of a token request and returns it, without using it up.
    ///
    /// The only side effect: reuse of a code or refresh token revokes its tokens.
    func grant(
        _ type: GrantType,
        form: FormParameters,
        client: Client,
        thumbprint: String?
    ) throws(OAuthErrorResponse) -> TokenGrant {
        let known: Set<GrantType> = [
            .clientCredentials, .authorizationCode, .refreshToken, .deviceCode, .tokenExchange,
        ]
        guard known.contains(type) else {
            throw OAuthErrorResponse(code: "unsupported_grant_type", description: "the grant_type is not supported")
        }
        guard client.grantTypes.contains(type),
            type != .clientCredentials || client.authentication.method != "none"
        else {
            throw OAuthErrorResponse(code: "unauthorized_client", description: "the client may not use this grant")
        }
        let time = time()
        switch type {
        case .authorizationCode:
            guard let code = form["code"] else { throw .invalidRequest("code is missing") }
            return .init(
                type,
                of: try state.withLock { state throws(OAuthErrorResponse) in
                    try state.grant(
                        ofCode: code,
                        form: form,
                        clientID: client.id,
                        thumbprint: thumbprint,
                        time: time
                    )
                }
            )
        case .refreshToken:
            guard let token = form["refresh_token"] else { throw .invalidRequest("refresh_token is missing") }
            return .init(
                type,
                of: try state.withLock { state throws(OAuthErrorResponse) in
                    try state.grant(ofRefreshToken: token, client: client, thumbprint: thumbprint, time: time)
                }
            )
        case .deviceCode:
            guard let code = form["device_code"] else { throw .invalidRequest("device_code is missing") }
            return .init(
                type,
                of: try state.withLock { state throws(OAuthErrorResponse) in
                    try state.grant(ofDeviceCode: code, clientID: client.id, isPoll: true, time: time)
                }
            )
        case .tokenExchange:
            return try exchangeGrant(form, client: client)
        default:
            return TokenGrant(type: type, subject: client.id, scopes: client.scopes)
        }
    }

    /// Uses up the code or token of a grant and stores the new refresh token, in one atomic step.
    ///
    /// Of two concurrent requests with the same code or refresh token, one fails.
    func redeem(
        _ grant: TokenGrant,
        form: FormParameters,
        client: Client,
        thumbprint: String?,
        newRefreshToken: String
    ) throws(OAuthErrorResponse) -> String? {
        let time = time()
        return try state.withLock { state throws(OAuthErrorResponse) in
            guard let id = grant.user?.id else { return nil }
            switch grant.type {
            case .refreshToken:
                let used = form["refresh_token"] ?? ""
                _ = try state.grant(ofRefreshToken: used, client: client, thumbprint: thumbprint, time: time)
                state.grants[id]?.generation += 1
                if state.configuration.refreshTokenRotation == .none { return nil }
                state.addRefreshToken(newRefreshToken, grantID: id, replacing: used, time: time)
                return newRefreshToken
            case .deviceCode:
                let code = form["device_code"] ?? ""
                _ = try state.grant(ofDeviceCode: code, clientID: client.id, isPoll: false, time: time)
                state.devices[code]?.outcome = .redeemed
            default:
                let code = form["code"] ?? ""
                _ = try state.grant(
                    ofCode: code,
                    form: form,
                    clientID: client.id,
                    thumbprint: thumbprint,
                    time: time
                )
                state.codes[code]?.isSpent = true
            }
            let needsScope = state.configuration.requiresOfflineAccess
            guard client.grantTypes.contains(.refreshToken),
                !needsScope || grant.scopes.contains("offline_access")
            else { return nil }
            if client.authentication.method == "none" { state.grants[id]?.thumbprint = thumbprint }
            state.grants[id]?.expiresAt = state.configuration.refreshTokenLifetime.map { time + $0.clamped.seconds }
            state.addRefreshToken(newRefreshToken, grantID: id, replacing: nil, time: time)
            return newRefreshToken
        }
    }
}

extension TokenGrant {
    /// Creates the grant of a token request from a user's grant.
    init(_ type: FakeAuthorizationServer.GrantType, of grant: UserGrant) {
        self.init(
            type: type,
            subject: grant.user.subject,
            scopes: grant.scopes,
            resources: grant.resources,
            user: grant
        )
    }
}
