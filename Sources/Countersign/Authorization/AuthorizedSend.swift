/// Sends the requests of a client with what their requirement demands, and answers refusals.
extension ClientCore {
    /// What the sending needs to know of a call.
    struct Call: Sendable {
        /// What is called, made only when something is to be said about it.
        let operation: @Sendable () -> OperationMetadata
        let requirement: Int?
        /// The field by which the API recognises a request that it has seen before.
        let idempotencyKey: HTTP.FieldName?
        /// The longest that the call may take in all.
        let timeout: Duration?
        let box: APIClient.Boxed?

        var options: CallOptions? { box?.options }
        var name: String { operation().description }

        /// Whether sending the request twice does no more than sending it once (RFC 9110 section 9.2.2).
        func isIdempotent(_ request: HTTP.Request) -> Bool {
            request.method.isIdempotent || idempotencyKey.map(request.fields.contains) == true
        }
    }

    /// What a call may still do besides being sent once.
    private struct Allowance {
        var mayLearnNonce = true
        var mayLearnClock = true
        var mayRenew = true
        var mayResend = true
        /// How often it was made again for a passing reason.
        var retries = 0
    }

    /// What must be known of a proof when its request is answered.
    struct Proof {
        /// By which the response's nonce is told from older ones.
        var number: UInt64 = 0
        /// What it reckoned the server's clock to be ahead of ours.
        var clockOffset = Duration.zero
    }

    private typealias Outcome = Result<HTTP.Response, HTTP.TransportError>

    /// Sends a request.
    ///
    /// The response is whatever the API said last, of any status.
    ///
    /// It goes over the wire at most five times: once, and once more for a nonce that the API taught, for a clock that it
    /// taught, for a token that it refused, and, where that is safe, for a kept connection that it had closed; and besides
    /// as often as the ``RetryPolicy`` says. Every time with a proof of its own.
    nonisolated(nonsending) func sendAuthorized(
        _ request: consuming HTTP.Request,
        for call: Call,
        from server: Server,
        until deadline: MonotonicInstant?
    ) async throws(CallFailure) -> HTTP.Response {
        let clock = runtime.configuration.clock
        var attached = Authorization.Attached()
        var authorization: Authorization?
        var options = call.options
        if let requirement = call.requirement {
            do throws(TokenError) {
                if let customizer = runtime.configuration.tokenRequestCustomizer {
                    options = try await customized(options, by: customizer, call, request, until: deadline)
                }
                let found = self.authorization(requirement, options: options?.token)
                attached = try await found.attach(to: &request, options: options, deadline: deadline)
                authorization = found
            } catch {
                throw CallFailure(error, in: call.name)
            }
            if let observers = runtime.observers, let token = attached.token {
                observers.record(.tokenUsed, token.type.rawValue, of: call.operation(), at: server.origin)
            }
        }
        var allowance = Allowance()
        while true {
            var proof = Proof()
            if let token = attached.token, let key = token.key {
                do throws(TokenError) {
                    proof = try attachProof(key, token, to: &request, from: server)
                } catch {
                    throw CallFailure(error, in: call.name)
                }
            }
            if let deadline {
                let left = deadline - clock.now()
                guard left > .zero else {
                    throw CallFailure(.timedOut, in: call.name, "the time was up before the request was sent")
                }
                request.timeout = left
            }
            let outcome: Outcome
            var nonce: String?
            do {
                let response = try await runtime.configuration.transport.send(request)
                nonce = attached.token?.key.flatMap { _ in
                    server.dpop.learnNonce(from: response.fields, request: proof.number)
                }
                if response.status.isSuccess {
                    server.retries.refill()
                    return response
                }
                outcome = .success(response)
            } catch {
                outcome = .failure(error)
            }
            switch outcome {
            case .failure(let error):
                if error.kind == .closed, allowance.mayResend, request.body?.isReplayable ?? true,
                    call.isIdempotent(request) || !error.requestMayHaveBeenProcessed
                {
                    allowance.mayResend = false
                    report("connection", call, server)
                    continue
                }
            case .success(let response):
                guard response.status.rawValue == 401, let token = attached.token, let authorization else { break }
                let isReplayable = request.body?.isReplayable ?? true
                switch answer(
                    to: response,
                    token,
                    proof,
                    hasNonce: nonce != nil,
                    isReplayable,
                    call,
                    &allowance,
                    server
                ) {
                case .none:
                    return response
                case .drop:
                    Authorization.drop(token, of: attached)
                    return response
                case .send:
                    continue
                case .renew:
                    do throws(TokenError) {
                        let next = try await authorization.replace(
                            attached,
                            token,
                            options: options,
                            deadline: deadline
                        )
                        guard let next, let replacement = next.token else { return response }
                        attached = next
                        Self.put(replacement, into: &request)
                        report("token", call, server)
                    } catch {
                        throw CallFailure(error, insteadOf: response, in: call.name, hasDeadline: deadline != nil)
                    }
                    continue
                }
            }
            guard try await waitToRetry(after: outcome, request, call, &allowance, server, until: deadline) else {
                return try Self.response(of: outcome, call)
            }
            // The wait may have been long: what goes out is a token that is good now (P10).
            if attached.token != nil, let authorization {
                do throws(TokenError) {
                    attached = try await authorization.renewed(attached, options: options, deadline: deadline)
                } catch {
                    if error.kind == .cancelled { throw Self.cancelled(call, after: outcome) }
                    return try Self.response(of: outcome, call)
                }
                if let token = attached.token { Self.put(token, into: &request) }
            }
        }
    }

    /// Another token in place of the one that is there; of that one's proof nothing stays, should the other need none.
    private static func put(_ token: AccessToken, into request: inout HTTP.Request) {
        request.fields[.authorization] = token.authorizationHeader
        request.fields[.dpop] = nil
    }

    private func report(_ reason: String, _ call: Call, _ server: Server) {
        runtime.observers?.record(.requestRepeated, reason, of: call.operation(), at: server.origin)
    }

    /// Puts a new proof into a request.
    @discardableResult
    func attachProof(
        _ key: DPoPKey,
        _ token: AccessToken,
        to request: inout HTTP.Request,
        from server: Server
    ) throws(TokenError) -> Proof {
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
        return Proof(number: number, clockOffset: clockOffset)
    }

    /// What a call's options are once the program has had a say in its token.
    private nonisolated(nonsending) func customized(
        _ options: CallOptions?,
        by customizer: any TokenRequestCustomizer,
        _ call: Call,
        _ request: HTTP.Request,
        until deadline: MonotonicInstant?
    ) async throws(TokenError) -> CallOptions {
        let operation = call.operation()
        let given = options ?? CallOptions()
        let work: @Sendable () async -> Result<CallOptions, TokenError> = {
            var changed = given
            do {
                try await customizer.customize(&changed.token, for: operation, request)
                return .success(changed)
            } catch let error as TokenError {
                return .failure(error)
            } catch is CancellationError {
                return .failure(TokenError(.cancelled, "the customizer was cancelled"))
            } catch {
                // Its text is the program's own and may hold anything: only its type is told.
                return .failure(TokenError(.unreachable, "the customizer failed with \(type(of: error))"))
            }
        }
        guard let deadline else { return try await work().get() }
        return try await within(deadline, on: runtime.configuration.clock, work).get()
    }
}

// MARK: What an answer means

extension ClientCore {
    private enum Answer {
        /// The response is the caller's.
        case none
        /// The same, but the token is not to be used again.
        case drop
        /// The request is sent again with the same token.
        case send
        /// The request is sent again with another token.
        case renew
    }

    /// What to do about a 401 to a request with a token of ours.
    private func answer(
        to response: HTTP.Response,
        _ token: AccessToken,
        _ proof: Proof,
        hasNonce: Bool,
        _ isReplayable: Bool,
        _ call: Call,
        _ allowance: inout Allowance,
        _ server: Server
    ) -> Answer {
        let refusal = ChallengeOutcome(
            response,
            isDPoP: token.key != nil,
            hasNonce: hasNonce,
            unchallenged: runtime.configuration.renewsOnUnchallenged401
        )
        func learnsClock() -> Bool {
            guard allowance.mayLearnClock, isReplayable,
                server.dpop.learnClock(
                    from: response.fields,
                    unixTime: runtime.configuration.clock.unixTime(),
                    used: proof.clockOffset
                )
            else { return false }
            allowance.mayLearnClock = false
            report("clock", call, server)
            return true
        }
        func learnsNonce() -> Bool {
            guard allowance.mayLearnNonce, isReplayable else { return false }
            allowance.mayLearnNonce = false
            report("nonce", call, server)
            return true
        }
        switch refusal {
        case .none:
            return .none
        case .nonce:
            return learnsNonce() ? .send : .none
        case .proof:
            // Servers that send a nonce with every answer do not always mean it (P28): that is tried first.
            return hasNonce && learnsNonce() || learnsClock() ? .send : .none
        case .token, .unexplained:
            // A proof is cheaper to make again than a token, where the clocks say that it was the proof.
            if refusal == .unexplained, learnsClock() { return .send }
            if let observers = runtime.observers {
                observers.record(.tokenRefused, "401", of: call.operation(), at: server.origin, status: response.status)
            }
            guard isReplayable else { return .drop }
            guard allowance.mayRenew else { return .none }
            allowance.mayRenew = false
            return .renew
        }
    }

    /// Waits until a call that failed for a passing reason may be made again.
    ///
    /// - Returns: false, at once, when it is not to be.
    private nonisolated(nonsending) func waitToRetry(
        after outcome: Outcome,
        _ request: HTTP.Request,
        _ call: Call,
        _ allowance: inout Allowance,
        _ server: Server,
        until deadline: MonotonicInstant?
    ) async throws(CallFailure) -> Bool {
        let configuration = runtime.configuration
        let policy = call.options?.withoutRetries == true ? .none : configuration.retries
        var asked: Duration?
        var status: HTTP.Status?
        switch outcome {
        case .success(let response):
            guard policy.retryableStatuses.contains(response.status) else {
                server.retries.refill()
                return false
            }
            status = response.status
            asked = RetryAfter.parse(response.fields[.retryAfter], unixTime: configuration.clock.unixTime())
        case .failure(let error):
            guard policy.isTransient(error.kind) else { return false }
        }
        let number = allowance.retries + 1
        guard request.body?.isReplayable ?? true, call.isIdempotent(request),
            let delay = policy.delay(beforeRetry: number, asked: asked, jitter: configuration.jitter()),
            case let time = configuration.clock.now().advanced(by: delay),
            // No use in waiting for what could not be sent then.
            deadline.map({ time < $0 }) ?? true,
            server.retries.take()
        else { return false }
        allowance.retries = number
        if let observers = runtime.observers {
            observers.record(
                .requestRepeated,
                "transient",
                of: call.operation(),
                at: server.origin,
                status: status,
                duration: delay
            )
        }
        do {
            try await configuration.clock.sleep(until: time)
        } catch {
            throw Self.cancelled(call, after: outcome)
        }
        return true
    }

    private static func response(of outcome: Outcome, _ call: Call) throws(CallFailure) -> HTTP.Response {
        do {
            return try outcome.get()
        } catch {
            throw CallFailure(error, in: call.name)
        }
    }

    private static func cancelled(_ call: Call, after outcome: Outcome) -> CallFailure {
        let reason = "the task was cancelled before the request was sent again"
        switch outcome {
        case .success(let response):
            return CallFailure(.cancelled, in: call.name, reason, response: response)
        case .failure(let error):
            return CallFailure(.cancelled, in: call.name, reason, transport: error)
        }
    }
}

extension CallFailure {
    /// No token to send the request again with, after the API had refused the one before.
    fileprivate init(_ error: TokenError, insteadOf response: HTTP.Response, in operation: String, hasDeadline: Bool) {
        let kind: CallErrorKind =
            switch error.kind {
            case .cancelled: .cancelled
            case .timedOut where hasDeadline: .timedOut
            default: .unexpectedStatus
            }
        let reason = "the API refused the token, and there was no other"
        self.init(kind, in: operation, reason, response: response, token: error)
    }
}
