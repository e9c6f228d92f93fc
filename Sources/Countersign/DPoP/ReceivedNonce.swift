/// The DPoP nonce of a response, in relation to the one that the request's proof had.
enum ReceivedNonce: Hashable, Sendable {
    /// The response has no usable nonce.
    case none
    /// The proof had this nonce.
    case known
    /// The proof had no nonce, or another one.
    case new

    init(_ received: String?, sent: String?) {
        guard let received else {
            self = .none
            return
        }
        self = sent.map { $0.utf8.elementsEqual(received.utf8) } == true ? .known : .new
    }

    /// Returns true if the nonce is a reason to send a new proof.
    ///
    /// A server that rejects a proof without asking for a nonce may send one with each response. Only a new one can be the
    /// reason (P69).
    func hasNonce(for outcome: ChallengeOutcome) -> Bool {
        switch outcome {
        case .nonceRequired: self != .none
        case .proofRejected: self == .new
        case .unrelated, .assertionRejected, .tokenRejected, .unexplained: false
        }
    }
}
