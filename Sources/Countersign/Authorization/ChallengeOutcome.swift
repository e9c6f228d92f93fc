/// What a response to a request with a token of ours means for the token (P28).
enum ChallengeOutcome: Hashable, Sendable {
    /// Nothing: the response is the caller's.
    case none
    /// The API wants a proof with the nonce that it gave, and the same token.
    case nonce
    /// The API did not take the proof; its clock may be another.
    case proof
    /// The API did not take the token.
    case token
    /// The API did not say why: it may be the token, or a proof that its clock does not agree with.
    case unexplained

    /// - Parameters:
    ///   - isDPoP: Whether the request carried a proof.
    ///   - hasNonce: Whether the response brought a usable nonce.
    ///   - unchallenged: Whether a 401 without a challenge is about our token.
    init(_ response: HTTP.Response, isDPoP: Bool, hasNonce: Bool, unchallenged: Bool) {
        guard response.status.rawValue == 401 else {
            self = .none
            return
        }
        let challenges = Challenge.parse(response.fields.values(for: .wwwAuthenticate))
        let errors = challenges.filter(\.isOurs).map(\.error)
        if errors.contains("use_dpop_nonce") {
            self = isDPoP && hasNonce ? .nonce : .none
        } else if errors.contains("invalid_dpop_proof") {
            self = isDPoP ? .proof : .none
        } else if errors.contains("insufficient_scope") || errors.contains(StepUpChallenge.error) {
            self = .none
        } else if challenges.isEmpty {
            self = !unchallenged ? .none : isDPoP ? .unexplained : .token
        } else {
            self = errors.isEmpty ? .none : .token
        }
    }
}
