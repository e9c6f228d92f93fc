/// Attempts that did not succeed: their events for the state machine, and the actions that follow.
extension CallPipeline {
    /// An attempt that did not succeed.
    struct Attempt {
        let result: AttemptResult
        /// The token that was sent, if any.
        let token: AccessToken?
        let proof: APIServer.SentProof
        let receivedNonce: ReceivedNonce
    }

    /// Returns the action that follows an attempt, and records the attempt: clock offset, telemetry, retry budget.
    ///
    /// - Parameter machine: The state machine of the call, which is created after the first failed attempt.
    func nextAction(
        after attempt: Attempt,
        of request: HTTP.Request,
        _ machine: inout SendStateMachine?
    ) -> SendStateMachine.Action {
        let configuration = runtime.configuration
        let retryPolicy = call.options?.withoutRetries == true ? .none : configuration.retries
        var state =
            machine
            ?? SendStateMachine(
                call.isIdempotent(request) ? .idempotent : .nonIdempotent,
                isBodyResendable: request.body?.isResendable ?? true,
                retryPolicy: retryPolicy
            )
        let (event, clockOffset) = event(of: attempt, retryPolicy: retryPolicy)
        let action = state.next(
            after: event,
            timeLeft: call.deadline.map { $0 - configuration.clock.now() },
            jitter: configuration.jitter()
        )
        machine = state
        switch action {
        case .resend(.clock):
            if let clockOffset { server.dpop.updateClockOffset(to: clockOffset) }
        case _ where event.isTokenRejection:
            let status = attempt.response?.status
            runtime.telemetry?.record(.tokenRejected, "401", of: call.operation, at: server.origin, status: status)
        case _ where event == .finalStatus:
            server.retryBudget.refill()
        default:
            break
        }
        return action
    }

    /// Returns the event of an attempt, and the clock offset that its response suggests.
    private func event(
        of attempt: Attempt,
        retryPolicy: RetryPolicy
    ) -> (SendStateMachine.Event, clockOffset: Duration?) {
        let response: HTTP.Response
        switch attempt.result {
        case .success(let received): response = received
        case .failure(let error):
            let mayHaveBeenProcessed = error.requestMayHaveBeenProcessed
            return (.transportFailure(error.kind, requestMayHaveBeenProcessed: mayHaveBeenProcessed), nil)
        }
        let configuration = runtime.configuration
        if response.status == 401 || response.status == 400, let token = attempt.token {
            let outcome = ChallengeOutcome(
                response,
                isDPoP: token.key != nil,
                hasNonce: attempt.receivedNonce != .none,
                unchallenged: configuration.renewsOnUnchallenged401
            )
            let clockOffset = server.dpop.clockOffset(
                in: response.fields,
                unixTime: configuration.clock.unixTime(),
                used: attempt.proof.clockOffset
            )
            if response.status == 401 || outcome != .unrelated {
                let event = SendStateMachine.Event.rejected(
                    outcome,
                    receivedNonce: attempt.receivedNonce.hasNonce(for: outcome),
                    clockDiffers: clockOffset != nil
                )
                return (event, clockOffset)
            }
        }
        guard retryPolicy.retryableStatuses.contains(response.status) else { return (.finalStatus, nil) }
        let retryAfter = RetryAfter.parse(response.fields, unixTime: configuration.clock.unixTime())
        return (.retryableStatus(retryAfter: retryAfter), nil)
    }

    /// Returns another token after the API rejected the attached one; nil if there is no other.
    nonisolated(nonsending) func renewedToken(
        _ authorization: Authorization,
        _ attached: Authorization.Attached,
        options: CallOptions?,
        after result: AttemptResult
    ) async throws(CallError<Never>) -> Authorization.Attached? {
        guard let token = attached.token else { return nil }
        do throws(TokenError) {
            let renewed = try await authorization.replacement(
                for: attached,
                rejected: token,
                options: options,
                deadline: call.deadline
            )
            return renewed?.token == nil ? nil : renewed
        } catch {
            throw rejection(result, withoutToken: error)
        }
    }

    /// Waits before a retry.
    ///
    /// - Throws: A ``CallError`` of kind ``CallErrorKind/cancelled`` if the task is cancelled meanwhile.
    nonisolated(nonsending) func waitToRetry(
        _ delay: Duration,
        after result: AttemptResult
    ) async throws(CallError<Never>) {
        let clock = runtime.configuration.clock
        let status = try? result.get().status
        runtime.telemetry?.record(
            .requestRetried,
            status == nil ? "transport" : "status",
            of: call.operation,
            at: server.origin,
            status: status,
            duration: delay
        )
        do {
            try await clock.sleep(until: clock.now().advanced(by: delay))
        } catch {
            throw cancelled(after: result)
        }
    }

    /// Replaces the token of a request, and removes the proof of the previous token.
    static func replaceToken(of request: inout HTTP.Request, with attached: Authorization.Attached) {
        guard let token = attached.token else { return }
        request.fields[.authorization] = token.authorizationHeader
        request.fields[.dpop] = nil
    }

    /// Reports to telemetry that the request is sent again.
    func recordResend(_ reason: String) {
        runtime.telemetry?.record(.requestResent, reason, of: call.operation, at: server.origin)
    }
}

// MARK: Results and errors

extension CallPipeline {
    /// Returns the response of an attempt, or throws the error of the transport.
    func response(of result: AttemptResult) throws(CallError<Never>) -> HTTP.Response {
        do {
            return try result.get()
        } catch {
            throw CallError(error, in: call.context)
        }
    }

    /// Returns the error of a call whose task was cancelled between two attempts.
    func cancelled(after result: AttemptResult) -> CallError<Never> {
        let message = "the task was cancelled before the request was sent again"
        switch result {
        case .success(let response):
            return CallError(.cancelled, in: call.context, message, response: response)
        case .failure(let error):
            return CallError(.cancelled, in: call.context, message, transportError: error)
        }
    }

    /// Returns the error of a call whose token was rejected, and for which no other token could be obtained.
    func rejection(_ result: AttemptResult, withoutToken error: TokenError) -> CallError<Never> {
        let kind: CallErrorKind =
            switch error.kind {
            case .cancelled: .cancelled
            case .timedOut where call.deadline != nil: .timedOut
            default: .unexpectedStatus
            }
        let message = "the API rejected the token, and no other token could be obtained"
        return CallError(kind, in: call.context, message, response: try? result.get(), tokenError: error)
    }
}

extension CallPipeline.Attempt {
    var response: HTTP.Response? { try? result.get() }
}

extension SendStateMachine.Event {
    /// True if the API rejected the token, or may have rejected it.
    fileprivate var isTokenRejection: Bool {
        switch self {
        case .rejected(.tokenRejected, _, _), .rejected(.unexplained, _, _): true
        default: false
        }
    }
}
