/// Sends the requests of a client with what their requirement demands, and answers refusals.
extension ClientCore {
    /// What the sending needs to know of a call.
    struct Call: Sendable {
        /// `CatalogAPI.getItem`, made only when something is to be said about it.
        let operation: @Sendable () -> String
        let requirement: Int?
        /// Whether the request may be on the wire twice when a connection breaks.
        let isIdempotent: Bool
        /// The longest that the call may take in all.
        let timeout: Duration?
        let options: CallOptions?
    }

    /// Sends a request.
    ///
    /// The response is whatever the API said last, of any status.
    ///
    /// It goes over the wire at most five times: once, and once more for a nonce that the API taught, for a clock that it
    /// taught, for a token that it refused, and, where that is safe, for a kept connection that it had closed. Every time
    /// with a proof of its own.
    nonisolated(nonsending) func send(
        _ request: consuming HTTPRequest,
        for call: Call,
        from server: Server
    ) async throws(CallFailure) -> HTTPResponse {
        let clock = runtime.configuration.clock
        let deadline = call.timeout.map { clock.now().advanced(by: $0) }
        var attached = Authorization.Attached()
        var authorization: Authorization?
        if let requirement = call.requirement {
            do throws(TokenError) {
                let found = try self.authorization(requirement, options: call.options?.token)
                attached = try await found.attach(to: &request, options: call.options, deadline: deadline)
                authorization = found
            } catch {
                throw CallFailure(error, in: call.operation())
            }
        }
        var mayLearnNonce = true
        var mayLearnClock = true
        var mayRenew = true
        var mayResend = true
        while true {
            var proofNumber: UInt64 = 0
            if let token = attached.token, let key = token.key {
                do throws(TokenError) {
                    proofNumber = try attachProof(key, token, to: &request, from: server)
                } catch {
                    throw CallFailure(error, in: call.operation())
                }
            }
            if let deadline {
                let left = deadline - clock.now()
                guard left > .zero else {
                    throw CallFailure(.timedOut, in: call.operation(), "the time was up before the request was sent")
                }
                request.timeout = left
            }
            let response: HTTPResponse
            do {
                response = try await runtime.configuration.transport.send(request)
            } catch {
                let isHarmless = call.isIdempotent || !error.requestMayHaveBeenProcessed
                guard error.reason == .closed, mayResend, isHarmless, request.body?.isReplayable ?? true else {
                    throw CallFailure(error, in: call.operation())
                }
                mayResend = false
                continue
            }
            guard let token = attached.token, let authorization else { return response }
            let nonce = token.key.flatMap { _ in server.dpop.learnNonce(from: response.fields, request: proofNumber) }
            if response.status.rawValue != 401 { return response }

            let refusal = Refusal(
                response,
                isDPoP: token.key != nil,
                hasNonce: nonce != nil,
                unchallenged: runtime.configuration.renewsOnUnchallenged401
            )
            let isReplayable = request.body?.isReplayable ?? true
            switch refusal {
            case .none:
                return response
            case .nonce:
                guard mayLearnNonce, isReplayable else { return response }
                mayLearnNonce = false
            case .proof:
                // Servers that send a nonce with every answer do not always mean it (P28): that is tried first.
                if nonce != nil, mayLearnNonce, isReplayable {
                    mayLearnNonce = false
                    continue
                }
                guard mayLearnClock, isReplayable,
                    server.dpop.learnClock(from: response.fields, unixTime: clock.unixTime())
                else { return response }
                mayLearnClock = false
            case .token, .unexplained:
                // A proof is cheaper to make again than a token, where the clocks say that it was the proof.
                if refusal == .unexplained, mayLearnClock, isReplayable,
                    server.dpop.learnClock(from: response.fields, unixTime: clock.unixTime())
                {
                    mayLearnClock = false
                    continue
                }
                guard isReplayable else {
                    Authorization.drop(token, of: attached)
                    return response
                }
                guard mayRenew else { return response }
                mayRenew = false
                do throws(TokenError) {
                    let options = call.options
                    guard
                        let next = try await authorization.replace(
                            attached,
                            token,
                            options: options,
                            deadline: deadline
                        ),
                        let replacement = next.token
                    else { return response }
                    attached = next
                    request.fields[.authorization] = replacement.authorization
                    // Of the refused token's proof nothing stays, should the other need none.
                    request.fields[.dpop] = nil
                } catch {
                    let kind: CallErrorKind =
                        switch error.kind {
                        case .cancelled: .cancelled
                        case .timedOut where deadline != nil: .timedOut
                        default: .unexpectedStatus
                        }
                    throw CallFailure(
                        kind,
                        in: call.operation(),
                        "the API refused the token, and there was no other",
                        response: response,
                        token: error
                    )
                }
            }
        }
    }

    /// Puts a new proof into a request.
    ///
    /// - Returns: The number by which the response's nonce is told from older ones.
    func attachProof(
        _ key: DPoPKey,
        _ token: AccessToken,
        to request: inout HTTPRequest,
        from server: Server
    ) throws(TokenError) -> UInt64 {
        let (nonce, clockOffset, number) = server.dpop.nextProof()
        do {
            request.fields[.dpop] = try key.proof(
                method: request.method,
                url: request.url,
                unixTime: runtime.configuration.clock.unixTime() + clockOffset,
                tokenHash: token.hash,
                nonce: nonce
            )
        } catch {
            throw TokenError(.configuration, "no DPoP proof could be made: \(error)")
        }
        return number
    }
}
