/// The part of a request that a server rejected: the proof, the token, the client assertion, or none of them (P28).
enum ChallengeOutcome: Hashable, Sendable, CaseIterable {
    /// The rejection has another reason. The response goes to the caller.
    case unrelated
    /// The server demands a proof with its nonce (RFC 9449 sections 8 and 9).
    case nonceRequired
    /// The server rejected the proof. Its clock may differ.
    case proofRejected
    /// An authorization server rejected a client assertion that contains a time. Its clock may differ.
    case assertionRejected
    /// The API rejected the token.
    case tokenRejected
    /// The API gave no reason: it may have rejected the token, or the time in the proof.
    case unexplained

    /// Reads the response of an API to a request with an access token.
    ///
    /// - Parameters:
    ///   - isDPoP: True if the request had a proof.
    ///   - hasNonce: True if the response has a usable nonce.
    ///   - unchallenged: True if a 401 without a challenge counts as a rejection of the token.
    init(_ response: HTTP.Response, isDPoP: Bool, hasNonce: Bool, unchallenged: Bool) {
        guard response.status.rawValue == 401 else {
            self = .unrelated
            return
        }
        let challenges = WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
        let errors = challenges.filter(\.isForToken).map(\.error)
        if errors.contains("use_dpop_nonce") {
            self = isDPoP && hasNonce ? .nonceRequired : .unrelated
        } else if errors.contains("invalid_dpop_proof") {
            self = isDPoP ? .proofRejected : .unrelated
        } else if errors.contains("insufficient_scope") || errors.contains(StepUpChallenge.error) {
            self = .unrelated
        } else if challenges.isEmpty {
            self = !unchallenged ? .unrelated : isDPoP ? .unexplained : .tokenRejected
        } else {
            self = errors.isEmpty ? .unrelated : .tokenRejected
        }
    }

    /// Reads the error code of an authorization server (RFC 6749 section 5.2, RFC 9449 section 5).
    init(oauthError: String?, for request: TokenEndpointRequest) {
        switch oauthError {
        case "use_dpop_nonce": self = .nonceRequired
        case "invalid_dpop_proof" where request.dpopKey != nil: self = .proofRejected
        case "invalid_client" where request.hasTimedAssertion: self = .assertionRejected
        default: self = .unrelated
        }
    }
}
