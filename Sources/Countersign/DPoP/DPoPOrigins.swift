import CountersignHTTP
import CountersignJSON

/// What the servers of one origin have taught us: the newest nonce, and how far their clock is from ours.
///
/// An authorization server and an API at one origin have one each: their nonces are never mixed (RFC 9449 section 9).
final class DPoPOrigin: Sendable {
    private struct Learnt {
        var nonce: String?
        /// The number of the request whose response brought the nonce.
        var nonceRequest: UInt64 = 0
        var requests: UInt64 = 0
        var clockOffset = Duration.zero
    }

    private let learnt = Locked(Learnt())
    private let tellsTime: Bool

    /// - Parameter tellsTime: Whether the `Date` of its responses can be believed.
    init(tellsTime: Bool) {
        self.tellsTime = tellsTime
    }

    /// What a proof needs, and the number by which the response is told from older ones.
    func nextProof() -> (nonce: String?, clockOffset: Duration, request: UInt64) {
        learnt.withLock { learnt in
            learnt.requests += 1
            return (learnt.nonce, learnt.clockOffset, learnt.requests)
        }
    }

    /// How far the server's clock is ahead of ours, as far as it is known.
    var clockOffset: Duration { learnt.withLock { $0.clockOffset } }

    /// Keeps the `DPoP-Nonce` of a response, from any status, unless a younger request has brought one already (P46).
    ///
    /// - Returns: The nonce of this response, if it has a usable one.
    @discardableResult
    func learnNonce(from fields: HTTP.Fields, request: UInt64) -> String? {
        guard fields.contains(.dpopNonce) else { return nil }
        let values = fields.values(for: .dpopNonce)
        // P44: two are none; so is one that is too long or has characters that RFC 9449 section 8.1 does not allow.
        guard values.count == 1, Self.isValid(values[0]) else { return nil }
        return learnt.withLock { learnt in
            if request >= learnt.nonceRequest {
                learnt.nonce = values[0]
                learnt.nonceRequest = request
            }
            return values[0]
        }
    }

    /// Learns from the `Date` of a refusal, where it can be believed, how far the server's clock is off.
    ///
    /// - Parameter used: The offset that the refused request was made with: another request may have learnt a new one
    ///   since, and then this one was refused for its time all the same.
    /// - Returns: Whether the server's clock differs by more than 5 seconds from what the request reckoned with.
    func learnClock(from fields: HTTP.Fields, unixTime: Duration, used: Duration) -> Bool {
        guard tellsTime, let offset = ServerClock.offset(in: fields, unixTime: unixTime, known: used) else {
            return false
        }
        learnt.withLock { learnt in
            if ServerClock.differ(offset, learnt.clockOffset) { learnt.clockOffset = offset }
        }
        return true
    }

    private static func isValid(_ nonce: String) -> Bool {
        // NQCHAR, at least one: %x21 / %x23-5B / %x5D-7E (RFC 6749 appendix A).
        (1...1024).contains(nonce.utf8.count)
            && nonce.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}

/// The origins that proofs were made for.
final class DPoPOrigins: Sendable {
    enum Role: Hashable, Sendable {
        case authorizationServer, resourceServer
    }

    private struct Key: Hashable {
        let origin: HTTP.Origin
        let role: Role
    }

    private static let capacity = 100
    private let origins = Locked<[Key: DPoPOrigin]>([:])

    func origin(_ origin: HTTP.Origin, as role: Role) -> DPoPOrigin {
        origins.withLock { origins in
            let key = Key(origin: origin, role: role)
            if let known = origins[key] { return known }
            // Losing what an origin taught costs one challenge: any one may go.
            if origins.count >= Self.capacity, let any = origins.keys.first { origins[any] = nil }
            let new = DPoPOrigin(tellsTime: ServerClock.isBelieved(at: origin))
            origins[key] = new
            return new
        }
    }
}
