/// The pipeline of one call: attaches the token and the proof, sends the request, and sends it again if necessary.
///
/// ``SendStateMachine`` decides what follows an attempt that did not succeed, and the pipeline performs it. A call whose
/// first attempt succeeds creates no state machine.
struct CallPipeline: Sendable {
    let call: APICall

    /// The result of one attempt: a response with any status, or the error of the transport.
    typealias AttemptResult = Result<HTTP.Response, HTTP.TransportError>

    var runtime: CountersignRuntime { call.client.runtime }
    var server: APIServer { call.server }

    /// Sends a request, after the middleware.
    ///
    /// - Returns: The response of the last attempt, with any status.
    nonisolated(nonsending) func send(
        _ request: consuming HTTP.Request
    ) async throws(CallError<Never>) -> HTTP.Response {
        let clock = runtime.configuration.clock
        var attached = Authorization.Attached()
        var authorization: Authorization?
        var options = call.options
        if let requirement = call.requirement {
            do throws(TokenError) {
                if let customizer = runtime.configuration.tokenRequestCustomizer {
                    options = try await customizer.customize(options, of: call, request)
                }
                let resolved = call.client.authorization(requirement, options: options?.token)
                attached = try await resolved.attach(to: &request, options: options, deadline: call.deadline)
                authorization = resolved
            } catch {
                throw CallError(error, in: call.context)
            }
            if let telemetry = runtime.telemetry, let token = attached.token {
                telemetry.record(.tokenUsed, token.type.rawValue, of: call.operation, at: server.origin)
            }
        }
        var machine: SendStateMachine?
        while true {
            var proof = APIServer.SentProof()
            if let token = attached.token, let key = token.key {
                do throws(TokenError) {
                    proof = try server.attachProof(to: &request, of: token, key: key, unixTime: clock.unixTime())
                } catch {
                    throw CallError(error, in: call.context)
                }
            }
            if let deadline = call.deadline {
                let timeLeft = deadline - clock.now()
                guard timeLeft > .zero else {
                    throw CallError(.timedOut, in: call.context, "the timeout ended before the request was sent")
                }
                request.timeout = timeLeft
            }
            let result: AttemptResult
            var receivedNonce = ReceivedNonce.none
            do {
                let response = try await runtime.transport.send(request)
                if attached.token?.key != nil {
                    let nonce = server.dpop.updateNonce(from: response.fields, request: proof.request)
                    receivedNonce = ReceivedNonce(nonce, sent: proof.nonce)
                }
                if response.status.isSuccess {
                    server.retryBudget.refill()
                    return response
                }
                result = .success(response)
            } catch {
                result = .failure(error)
            }

            call.recordCredentials(of: request, attached)
            let attempt = Attempt(result: result, token: attached.token, proof: proof, receivedNonce: receivedNonce)
            switch nextAction(after: attempt, of: request, &machine) {
            case .resend(let reason):
                recordResend(reason.rawValue)
            case .renewToken:
                guard let authorization,
                    let renewed = try await renewedToken(authorization, attached, options: options, after: result)
                else { return try response(of: result) }
                attached = renewed
                Self.replaceToken(of: &request, with: renewed)
                recordResend("token")
            case .retry(let delay):
                guard server.retryBudget.take() else { return try response(of: result) }
                try await waitToRetry(delay, after: result)
                guard attached.token != nil, let authorization else { continue }
                // The token may have expired during the wait (P10).
                do throws(TokenError) {
                    attached = try await authorization.currentToken(
                        for: attached,
                        options: options,
                        deadline: call.deadline
                    )
                } catch {
                    if error.kind == .cancelled { throw cancelled(after: result) }
                    return try response(of: result)
                }
                Self.replaceToken(of: &request, with: attached)
            case .finish, .finishWithUnknownOutcome:
                return try response(of: result)
            case .invalidateTokenAndFinish:
                attached.renewAfterRejection()
                return try response(of: result)
            }
        }
    }
}
