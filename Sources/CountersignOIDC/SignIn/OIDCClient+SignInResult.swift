import Countersign

extension OIDCClient {
    /// Requests the tokens of a sign-in, validates the ID token and collects the claims.
    ///
    /// - Parameters:
    ///   - request: The token request.
    ///   - flow: The name of the flow, for telemetry.
    ///   - scopes: The requested scopes: they count as granted unless the response says otherwise (RFC 6749 section 5.1).
    ///   - requiresIDToken: Requires an ID token if `openid` is among the scopes.
    ///   - configure: Adds the expectations of this sign-in to the validator of the ID token.
    func signInResult(
        of request: TokenEndpointRequest,
        flow: String,
        scopes: [String],
        requiresIDToken: Bool = true,
        expecting configure: (inout IDTokenValidator) -> Void
    ) async throws(SignInError) -> SignInResult {
        let start = runtime.clock.date()
        let response = try await mappingTokenErrors { () async throws(TokenError) in
            try await runtime.token(for: request)
        }
        do throws(SignInError) {
            let (idToken, claims, response) = try await validated(
                response,
                requiresIDToken: requiresIDToken && scopes.contains("openid"),
                expecting: configure
            )
            record(.signedIn, flow)
            return SignInResult(
                claims: claims.aboutTheUser,
                idToken: idToken,
                grantedScopes: response.accessToken.scopes ?? scopes,
                requestedScopes: scopes,
                response: response,
                client: self,
                dpopKey: request.dpopKey,
                signedInAt: start
            )
        } catch {
            await revoke(response)
            throw error
        }
    }

    /// Validates the ID token of a response, and collects the claims.
    private func validated(
        _ response: TokenEndpointResponse,
        requiresIDToken: Bool,
        expecting configure: (inout IDTokenValidator) -> Void
    ) async throws(SignInError) -> (IDToken?, UserClaims, TokenEndpointResponse) {
        var idToken: IDToken?
        if let text = response.idToken {
            idToken = try await validate(idToken: text, clockOffset: response.clockOffset) { validator in
                configure(&validator)
                validator.accessToken = response.accessToken.value
            }
        } else if requiresIDToken {
            throw SignInError(IDTokenError(.missing))
        }
        let claims = idToken?.claims ?? UserClaims([:])
        guard configuration.loadsUserInfo else { return (idToken, claims, response) }
        let (userInfo, refreshToken) = try await userInfo(with: response, subject: idToken?.subject)
        var response = response
        response.refreshToken = refreshToken
        return (idToken, claims.merging(userInfo), response)
    }

    /// Requests the userinfo with the tokens of a sign-in.
    ///
    /// A token for a resource (RFC 8707) may be invalid at the userinfo endpoint. A refresh without resource then requests
    /// one for that endpoint.
    ///
    /// - Returns: The claims, and the refresh token that is valid from now on.
    private func userInfo(
        with response: TokenEndpointResponse,
        subject: String?
    ) async throws(SignInError) -> (UserClaims, refreshToken: String?) {
        do throws(SignInError) {
            return (try await userInfo(response.accessToken, subject: subject), response.refreshToken)
        } catch {
            guard !configuration.resources.isEmpty, error.status == 401 || error.status == 403 else { throw error }
            guard let refreshToken = response.refreshToken else {
                throw SignInError(
                    .userInfo,
                    "the userinfo endpoint rejected the token, which is for "
                        + "\(configuration.resources.joined(separator: ", ")): request the scope offline_access, so that "
                        + "a token for the userinfo endpoint can be requested, or turn off loadsUserInfo",
                    status: error.status
                )
            }
            let other = try await mappingTokenErrors { () async throws(TokenError) in
                let parameters = [(name: "grant_type", value: "refresh_token"), ("refresh_token", refreshToken)]
                return try await runtime.token(
                    for: request(.token, parameters + additionalTokenParameters(), isOneTimeGrant: true)
                )
            }
            do throws(SignInError) {
                let claims = try await userInfo(other.accessToken, subject: subject)
                return (claims, other.refreshToken ?? refreshToken)
            } catch {
                await revoke(other)
                throw error
            }
        }
    }

    /// Revokes the tokens of a sign-in that failed, which nobody receives; a failure is ignored.
    private func revoke(_ response: TokenEndpointResponse) async {
        // In a task of its own: the sign-in may have failed because it was cancelled.
        let revocation = Task {
            if let refreshToken = response.refreshToken {
                try? await revoke(SecretValue(refreshToken), type: .refreshToken)
            } else {
                try? await revoke(response.accessToken)
            }
        }
        if !Task.isCancelled { await revocation.value }
    }
}
