@_spi(Generated) import CountersignJSON

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
        let isUnauthorized = response.status.rawValue == 401
        // P69: some APIs reject a proof with 400, as authorization servers do.
        guard isUnauthorized || response.status.rawValue == 400 && isDPoP else {
            self = .unrelated
            return
        }
        let challenges = WWWAuthenticateChallenge.parse(response.fields.values(for: .wwwAuthenticate))
        let tokenChallenges = challenges.filter(\.isForToken)
        var errors = tokenChallenges.compactMap(\.error)
        if errors.isEmpty, isDPoP, let error = Self.proofError(inBodyOf: response) { errors = [error] }
        if errors.contains("use_dpop_nonce") {
            self = isDPoP && hasNonce ? .nonceRequired : .unrelated
        } else if errors.contains("invalid_dpop_proof") {
            self = isDPoP ? .proofRejected : .unrelated
        } else if !isUnauthorized || errors.contains("insufficient_scope") || errors.contains(StepUpChallenge.error) {
            self = .unrelated
        } else if challenges.isEmpty {
            self = !unchallenged ? .unrelated : isDPoP ? .unexplained : .tokenRejected
        } else if !tokenChallenges.isEmpty {
            self = .tokenRejected
        } else {
            // P28: some servers have their own name for the scheme, such as `OAuth2`.
            self = challenges.contains { $0.error == "invalid_token" } ? .tokenRejected : .unrelated
        }
    }

    /// The maximum length of a body that is searched for an error code.
    private static let maximumBodyBytes = 1 << 16

    /// Returns the error code of a JSON body, in the form of an authorization server, if it is about the proof.
    private static func proofError(inBodyOf response: HTTP.Response) -> String? {
        guard response.body.count <= maximumBodyBytes, let document = try? JSONDocument(parsing: response.body),
            let error = document.root["error"]?.string
        else { return nil }
        return ["use_dpop_nonce", "invalid_dpop_proof"].contains(error) ? error : nil
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
