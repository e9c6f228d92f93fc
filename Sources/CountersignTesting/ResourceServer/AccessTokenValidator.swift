import CountersignHTTP

/// The validator of the access token and the proof of a request (RFC 6750, RFC 9449 section 7).
struct AccessTokenValidator {
    let authorizationServer: FakeAuthorizationServer
    let proofs: ProofVerifier
    let configuration: FakeResourceServer.Configuration
    /// The server's calendar time, in seconds since 1970.
    let time: Double

    /// Validates the token of a request and returns it.
    ///
    /// - Parameters:
    ///   - request: The request as received.
    ///   - scopes: The required scopes.
    ///   - newestRejectedToken: The number of the newest token that is rejected together with all older ones.
    func token(
        of request: HTTP.Request,
        scopes: Set<String>,
        newestRejectedToken: Int = 0
    ) throws(ResourceErrorResponse) -> IssuedToken {
        let (scheme, value) = try credentials(of: request)
        guard let token = authorizationServer.token(value) else {
            throw .invalidToken(scheme, "the token is unknown")
        }
        guard authorizationServer.isActive(token) else {
            throw .invalidToken(scheme, "the token expired or was revoked")
        }
        guard token.number > newestRejectedToken else {
            throw .invalidToken(scheme, "the token is no longer accepted")
        }
        if let audience = configuration.audience, !token.audience.contains(audience) {
            throw .invalidToken(scheme, "the token has another audience")
        }
        switch (scheme, token.thumbprint) {
        case (.bearer, nil):
            break
        case (.bearer, .some):
            throw .invalidToken(.dpop, "the token is bound to a key: it requires the DPoP scheme and a proof")
        case (.dpop, nil):
            throw .invalidToken(.dpop, "the token is not bound to a key")
        case (.dpop, .some(let thumbprint)):
            try verifyProof(of: request, token: value, thumbprint: thumbprint)
        }
        let required = scopes.union(configuration.scopes)
        guard token.scopes.isSuperset(of: required) else {
            throw ResourceErrorResponse(
                status: 403,
                scheme: scheme,
                code: "insufficient_scope",
                description: "the token lacks a required scope",
                scopes: required
            )
        }
        return token
    }

    /// Returns the scheme and the token in the `Authorization` field.
    private func credentials(
        of request: HTTP.Request
    ) throws(ResourceErrorResponse) -> (ResourceErrorResponse.Scheme, String) {
        let fields = request.fields.values(for: .authorization)
        guard let field = fields.first else { throw ResourceErrorResponse() }
        guard fields.count == 1 else {
            throw ResourceErrorResponse(
                status: 400,
                code: "invalid_request",
                description: "the request has more than one Authorization field"
            )
        }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme: ResourceErrorResponse.Scheme
        switch parts.first?.lowercased() {
        case "bearer" where configuration.acceptsBearer: scheme = .bearer
        case "dpop" where configuration.acceptsDPoP: scheme = .dpop
        default: throw ResourceErrorResponse(description: "the authorization scheme is not accepted")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ResourceErrorResponse(
                status: 400,
                scheme: scheme,
                code: "invalid_request",
                description: "the Authorization field has no token"
            )
        }
        return (scheme, String(parts[1]))
    }

    private func verifyProof(
        of request: HTTP.Request,
        token: String,
        thumbprint: String
    ) throws(ResourceErrorResponse) {
        let rules = ProofVerifier.Rules(
            nonces: configuration.nonces,
            window: configuration.proofWindow,
            algorithms: configuration.proofAlgorithms
        )
        do throws(ProofVerifier.ProofError) {
            let proof = try proofs.verify(request, accessToken: token, rules: rules, time: time)
            if proof.thumbprint == thumbprint { return }
        } catch {
            switch error {
            case .invalid(let message):
                throw ResourceErrorResponse(scheme: .dpop, code: "invalid_dpop_proof", description: message)
            case .nonceRequired(let nonce):
                throw ResourceErrorResponse(
                    scheme: .dpop,
                    code: "use_dpop_nonce",
                    description: "Resource server requires nonce in DPoP proof",
                    nonce: nonce
                )
            }
        }
        throw .invalidToken(.dpop, "the token is bound to another key")
    }
}
