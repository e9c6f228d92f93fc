/// Whether a server demands nonces in DPoP proofs, and how often it changes them (RFC 9449 sections 8 and 9).
public struct NoncePolicy: Sendable, Hashable {
    /// Whether a proof must have a nonce of the server's.
    var isRequired: Bool
    /// After how many accepted proofs a new nonce is given; nil: only by hand.
    var usesBeforeRotation: Int?
    /// How many nonces before the newest are still accepted.
    var previousAccepted: Int

    /// No nonce is given, and none is looked at.
    public static let none = NoncePolicy(isRequired: false, usesBeforeRotation: nil, previousAccepted: 0)

    /// A nonce is demanded; it changes when `rotateNonce()` is called, and the old one is refused from then on.
    public static let required = NoncePolicy(isRequired: true, usesBeforeRotation: nil, previousAccepted: 0)

    /// A nonce is demanded, and after every `uses` accepted proofs a new one is given with the response.
    ///
    /// - Parameters:
    ///   - uses: 1 gives a new nonce with every successful response.
    ///   - previousAccepted: how many older nonces stay good; real servers accept some, since requests cross.
    public static func rotating(every uses: Int, acceptingPrevious previousAccepted: Int = 1) -> NoncePolicy {
        NoncePolicy(isRequired: true, usesBeforeRotation: max(1, uses), previousAccepted: max(0, previousAccepted))
    }
}

/// The nonces of one server.
struct NonceSource {
    /// The newest last.
    private var nonces: [String] = []
    private var uses = 0
    private var serial = 0
    /// Different for every server, so that a nonce of one is never taken for another's.
    private let prefix: String

    init(prefix: String) {
        self.prefix = prefix
    }

    /// The nonce to use from now on.
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
