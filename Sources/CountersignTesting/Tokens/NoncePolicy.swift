/// The DPoP nonces that a server requires and how often it changes them (RFC 9449 sections 8 and 9).
public struct NoncePolicy: Sendable, Hashable {
    var isRequired: Bool
    /// The number of accepted proofs after which the nonce changes; nil if it changes only by `rotateNonce()`.
    var usesBeforeRotation: Int?
    /// The number of older nonces that are still accepted.
    var previousAccepted: Int

    /// No nonce is sent, and the nonce of a proof is ignored.
    public static let none = NoncePolicy(isRequired: false, usesBeforeRotation: nil, previousAccepted: 0)

    /// A nonce is required; it changes only by `rotateNonce()`, and the old one is then rejected.
    public static let required = NoncePolicy(isRequired: true, usesBeforeRotation: nil, previousAccepted: 0)

    /// A nonce is required, and changes after every `uses` accepted proofs.
    ///
    /// - Parameters:
    ///   - uses: The number of accepted proofs a nonce is good for. 1 sends a new nonce with every successful response.
    ///   - previousAccepted: The number of older nonces that stay valid. Real servers accept some, because requests
    ///     overlap.
    public static func rotating(every uses: Int, acceptingPrevious previousAccepted: Int = 1) -> NoncePolicy {
        NoncePolicy(isRequired: true, usesBeforeRotation: max(1, uses), previousAccepted: max(0, previousAccepted))
    }
}

/// The nonces of one server.
struct NonceSource {
    /// Oldest first.
    private var nonces: [String] = []
    private var uses = 0
    private var serial = 0
    /// Different for every server, so that no server accepts another's nonce.
    private let prefix: String

    init(prefix: String) {
        self.prefix = prefix
    }

    /// Returns the newest nonce.
    mutating func current() -> String {
        if nonces.isEmpty { rotate() }
        return nonces.last ?? ""
    }

    mutating func rotate() {
        serial += 1
        uses = 0
        nonces.append("\(prefix).\(serial)")
        if nonces.count > 1024 { nonces.removeFirst() }
    }

    func accepts(_ nonce: String, under policy: NoncePolicy) -> Bool {
        nonces.suffix(policy.previousAccepted + 1).contains(nonce)
    }

    /// Counts an accepted proof.
    mutating func use(under policy: NoncePolicy) {
        uses += 1
        if let limit = policy.usesBeforeRotation, uses >= limit { rotate() }
    }
}
