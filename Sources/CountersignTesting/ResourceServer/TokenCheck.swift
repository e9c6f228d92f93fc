import CountersignHTTP

/// Checks the access token of a request, and its proof, as a protected resource does (RFC 6750, RFC 9449 section 7).
struct TokenCheck {
    let authorizationServer: FakeAuthorizationServer
    let proofs: ProofVerifier
    let configuration: FakeResourceServer.Configuration
    /// The server's calendar time, in seconds.
    let time: Double

    /// The token of the request, once everything about it is right.
    ///
    /// - Parameters:
    ///   - request: the request as it came in.
    ///   - scopes: what must have been granted.
    ///   - refusedUpTo: tokens up to this number are refused.
    func token(
        of request: HTTP.Request,
        scopes: Set<String>,
        refusedUpTo: Int = 0
    ) throws(ResourceRefusal) -> IssuedToken {
        let (scheme, value) = try credentials(of: request)
        guard let token = authorizationServer.token(value) else {
            throw .invalidToken(scheme, "The token is not known")
        }
        guard authorizationServer.isActive(token) else {
            throw .invalidToken(scheme, "The token expired or was revoked")
        }
        guard token.number > refusedUpTo else {
            throw .invalidToken(scheme, "The token is no longer accepted")
        }
        if let audience = configuration.audience, !token.audience.contains(audience) {
            throw .invalidToken(scheme, "The token is meant for another audience")
        }
        switch (scheme, token.thumbprint) {
        case (.bearer, nil):
            break
        case (.bearer, .some):
            throw .invalidToken(.dpop, "The token is bound to a key: it needs the DPoP scheme and a proof")
        case (.dpop, nil):
            throw .invalidToken(.dpop, "The token is not bound to a key")
        case (.dpop, .some(let thumbprint)):
            try verifyProof(of: request, token: value, thumbprint: thumbprint)
        }
        let needed = scopes.union(configuration.scopes)
        guard token.scopes.isSuperset(of: needed) else {
            throw ResourceRefusal(
                status: 403,
                scheme: scheme,
                code: "insufficient_scope",
                description: "The token lacks a scope",
                scopes: needed
            )
        }
        return token
    }

    /// Scheme and token of the `Authorization` field.
    private func credentials(
        of request: HTTP.Request
    ) throws(ResourceRefusal) -> (ResourceRefusal.Scheme, String) {
        let fields = request.fields.values(for: .authorization)
        guard let field = fields.first else { throw ResourceRefusal() }
        guard fields.count == 1 else {
            throw ResourceRefusal(
                status: 400,
                code: "invalid_request",
                description: "More than one Authorization field"
            )
        }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let scheme: ResourceRefusal.Scheme
        switch parts.first?.lowercased() {
        case "bearer" where configuration.acceptsBearer: scheme = .bearer
        case "dpop" where configuration.acceptsDPoP: scheme = .dpop
        default: throw ResourceRefusal(description: "The scheme is not accepted here")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ResourceRefusal(
                status: 400,
                scheme: scheme,
                code: "invalid_request",
                description: "The Authorization field has no token"
            )
        }
        return (scheme, String(parts[1]))
    }

    private func verifyProof(
        of request: HTTP.Request,
        token: String,
        thumbprint: String
    ) throws(ResourceRefusal) {
        let rules = ProofVerifier.Rules(
            nonces: configuration.nonces,
            window: configuration.proofWindow,
            algorithms: configuration.proofAlgorithms
        )
        do throws(ProofVerifier.Refusal) {
            let proof = try proofs.verify(request, accessToken: token, rules: rules, time: time)
            if proof.thumbprint == thumbprint { return }
        } catch {
            switch error {
            case .invalid(let reason):
                throw ResourceRefusal(scheme: .dpop, code: "invalid_dpop_proof", description: reason)
            case .nonceNeeded(let nonce):
                throw ResourceRefusal(
                    scheme: .dpop,
                    code: "use_dpop_nonce",
                    description: "Resource server requires nonce in DPoP proof",
                    nonce: nonce
                )
            }
        }
        throw .invalidToken(.dpop, "Invalid DPoP key binding")
    }
}
