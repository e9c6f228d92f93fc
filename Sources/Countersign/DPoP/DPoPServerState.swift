import CountersignHTTP

/// The newest DPoP nonce of one server, and the offset of its clock.
final class DPoPServerState: Sendable {
    private struct State {
        var nonce: String?
        /// The number of the request whose response brought the nonce.
        var nonceRequest: UInt64 = 0
        var lastRequest: UInt64 = 0
        var clockOffset = Duration.zero
    }

    private let state = Locked(State())
    private let trustsDate: Bool

    /// Creates the state of a server that has not sent a nonce yet.
    ///
    /// - Parameter trustsDate: True if the `Date` of the server's responses can be trusted.
    init(trustsDate: Bool) {
        self.trustsDate = trustsDate
    }

    /// Returns the nonce and the clock offset for a proof, and a number that orders this request among others.
    func nextRequest() -> (nonce: String?, clockOffset: Duration, request: UInt64) {
        state.withLock { state in
            state.lastRequest += 1
            return (state.nonce, state.clockOffset, state.lastRequest)
        }
    }

    /// The time by which the server's clock is ahead of the local clock; zero until it is known.
    var clockOffset: Duration { state.withLock { $0.clockOffset } }

    /// Stores the `DPoP-Nonce` of a response with any status, unless a later request has brought one already (P46).
    ///
    /// - Parameter request: The number of the request from ``nextRequest()``.
    /// - Returns: The nonce of this response; nil if it has none or an invalid one.
    @discardableResult
    func updateNonce(from fields: HTTP.Fields, request: UInt64) -> String? {
        guard fields.contains(.dpopNonce) else { return nil }
        let values = fields.values(for: .dpopNonce)
        // P44: two different nonces are ambiguous, and a proof cannot contain an invalid one. P69: an intermediary may
        // repeat the field.
        guard let nonce = values.first, Self.isValid(nonce),
            values.dropFirst().allSatisfy({ $0.utf8.elementsEqual(nonce.utf8) })
        else { return nil }
        return state.withLock { state in
            if request >= state.nonceRequest {
                state.nonce = nonce
                state.nonceRequest = request
            }
            return nonce
        }
    }

    /// Returns the clock offset by the `Date` of a response that rejected a proof or an assertion.
    ///
    /// - Parameters:
    ///   - unixTime: The local time at which the response arrived.
    ///   - used: The offset that the rejected request used. Another request may have updated the offset since.
    /// - Returns: nil if the date cannot be trusted, or differs by at most 5 seconds from what the request used.
    func clockOffset(in fields: HTTP.Fields, unixTime: Duration, used: Duration) -> Duration? {
        trustsDate ? ClockSkew.offset(in: fields, unixTime: unixTime, known: used) : nil
    }

    /// Stores the clock offset for later proofs and assertions, if it differs from the stored one.
    func updateClockOffset(to offset: Duration) {
        state.withLock { state in
            if ClockSkew.differ(offset, state.clockOffset) { state.clockOffset = offset }
        }
    }

    /// Indicates whether a nonce has 1 to 1024 characters of `NQCHAR` (RFC 9449 section 8.1, RFC 6749 appendix A).
    private static func isValid(_ nonce: String) -> Bool {
        // %x21 / %x23-5B / %x5D-7E
        (1...1024).contains(nonce.utf8.count)
            && nonce.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    }
}
