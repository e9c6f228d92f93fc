/// Sends the request of one call with its token and proof, and sends it again if that can help.
///
/// ``SendStateMachine`` decides what follows an attempt that did not succeed; this type carries it out. A call that
/// succeeds at once creates no machine.
struct CallPipeline: Sendable {
    let call: APICall

    typealias AttemptResult = Result<HTTP.Response, HTTP.TransportError>

    var runtime: Runtime { call.client.runtime }
    var server: APIServer { call.server }

    /// Sends a request that middleware has seen.
    ///
    /// - Returns: The last response of the API, with any status.
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
                let found = call.client.authorization(requirement, options: options?.token)
                attached = try await found.attach(to: &request, options: options, deadline: call.deadline)
                authorization = found
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
            var receivedNonce = false
            do {
                let response = try await runtime.configuration.transport.send(request)
                if attached.token?.key != nil {
                    receivedNonce = server.dpop.updateNonce(from: response.fields, request: proof.request) != nil
                }
                if response.status.isSuccess {
                    server.retries.refill()
                    return response
                }
                result = .success(response)
            } catch {
                result = .failure(error)
            }

            call.noteCredentials(of: request, attached)
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
                guard server.retries.take() else { return try response(of: result) }
                try await waitToRetry(delay, after: result)
                guard attached.token != nil, let authorization else { continue }
                // The token may have expired during the wait (P10).
                do throws(TokenError) {
                    attached = try await authorization.renewed(attached, options: options, deadline: call.deadline)
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
