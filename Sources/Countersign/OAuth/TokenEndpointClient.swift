import CountersignCrypto
import CountersignHTTP

/// The client for token endpoint requests: the requests of an OAuth client to an authorization server.
///
/// It also sends requests to the other endpoints that accept forms, such as introspection and revocation.
/// ``SendStateMachine`` decides whether a request is sent again.
final class TokenEndpointClient: Sendable {
    private let transport: any HTTP.Transport
    private let clock: any RuntimeClock
    private let metadata: MetadataDiscovery
    private let origins: OriginPolicy
    private let dpopNonces: DPoPNonceStore
    private let timeout: Duration
    private let telemetry: TelemetryFanOut?

    init(
        transport: any HTTP.Transport,
        clock: any RuntimeClock,
        metadata: MetadataDiscovery,
        origins: OriginPolicy,
        dpopNonces: DPoPNonceStore,
        timeout: Duration,
        telemetry: TelemetryFanOut?
    ) {
        self.transport = transport
        self.clock = clock
        self.metadata = metadata
        self.origins = origins
        self.dpopNonces = dpopNonces
        self.timeout = timeout
        self.telemetry = telemetry
    }

    /// Requests a token.
    func token(for request: TokenEndpointRequest) async -> Result<TokenEndpointResponse, TokenError> {
        guard let telemetry else { return await outcome(of: request) }
        return await telemetry.watch(request) { await outcome(of: request) }
    }

    private nonisolated(nonsending) func outcome(
        of request: TokenEndpointRequest
    ) async -> Result<TokenEndpointResponse, TokenError> {
        do throws(TokenError) {
            let (response, url, dpopKey) = try await send(request)
            do throws(TokenError) {
                var token = try TokenEndpointResponse(response, boundTo: dpopKey)
                if ClockSkew.isTrusted(at: url.origin),
                    let offset = ClockSkew.offset(in: response.fields, unixTime: clock.unixTime())
                {
                    token.clockOffset = offset
                }
                return .success(token)
            } catch {
                throw error.concerning(request.credentials.clientID, at: url)
            }
        } catch {
            return .failure(error)
        }
    }

    /// Sends a request and returns its response, which has a status of success.
    func post(_ request: TokenEndpointRequest) async throws(TokenError) -> HTTP.Response {
        try await send(request).response
    }
}

// MARK: Attempts

extension TokenEndpointClient {
    /// The URL that a request is sent to, and the request as its server supports it.
    private struct Destination {
        let request: TokenEndpointRequest
        let url: HTTP.URL
        /// The issuer; nil if the URL was configured and not discovered.
        let issuer: String?
    }

    /// One attempt, as it was sent.
    private struct Attempt {
        let request: HTTP.Request
        /// The clock offset of the proof and the assertion.
        let clockOffset: Duration
        /// The number of the proof: of two nonces, the one of the later request is the newer one.
        var proofNumber: UInt64 = 0
        /// The nonce of the proof.
        var nonce: String?
    }

    /// Sends a request, up to four times in all.
    ///
    /// Each attempt has its own proof and assertion.
    ///
    /// - Returns: The response, the URL that it came from, and the key of the request's proof.
    private nonisolated(nonsending) func send(
        _ request: TokenEndpointRequest
    ) async throws(TokenError) -> (response: HTTP.Response, url: HTTP.URL, dpopKey: DPoPKey?) {
        let destination = try await destination(of: request)
        let request = destination.request
        let server = dpopNonces.server(at: destination.url.origin, as: .authorizationServer)
        let deadline = clock.now().advanced(by: timeout)
        var machine = SendStateMachine(request.isOneTimeGrant ? .oneTimeGrant : .idempotent)
        while true {
            let attempt = try await makeAttempt(request, to: destination, server, deadline: deadline)
            let event: SendStateMachine.Event
            let failure: TokenError
            var clockOffset: Duration?
            do {
                let response = try await transport.send(attempt.request)
                var receivedNonce = ReceivedNonce.none
                if request.dpopKey != nil {
                    let nonce = server.updateNonce(from: response.fields, request: attempt.proofNumber)
                    receivedNonce = ReceivedNonce(nonce, sent: attempt.nonce)
                }
                if response.status.isSuccess { return (response, destination.url, request.dpopKey) }
                let unixTime = clock.unixTime()
                failure = TokenEndpointResponse.failure(of: response, unixTime: unixTime)
                    .concerning(request.credentials.clientID, at: destination.url)
                    .advising(on: request)
                clockOffset = server.clockOffset(in: response.fields, unixTime: unixTime, used: attempt.clockOffset)
                event = Self.event(of: failure, request, receivedNonce, clockDiffers: clockOffset != nil)
            } catch {
                failure = TokenError(transport: error, at: destination.url)
                event = .transportFailure(
                    error.kind,
                    requestMayHaveBeenProcessed: error.requestMayHaveBeenProcessed
                )
            }
            switch machine.next(after: event) {
            case .resend(let reason):
                if reason == .clock, let clockOffset { server.updateClockOffset(to: clockOffset) }
                let subject = TokenSubject(request)
                telemetry?.record(.requestResent, reason.rawValue, about: subject, at: destination.url.origin)
            case .finishWithUnknownOutcome:
                throw Self.unknownOutcome(at: destination.url, status: failure.status)
            case .finish:
                throw failure
            case .renewToken, .retry, .invalidateTokenAndFinish:
                // These requests have no access token and no retry policy.
                throw failure
            }
        }
    }

    /// Returns the event of a response that has no status of success.
    private static func event(
        of failure: TokenError,
        _ request: TokenEndpointRequest,
        _ receivedNonce: ReceivedNonce,
        clockDiffers: Bool
    ) -> SendStateMachine.Event {
        // A gateway that timed out does not know whether the server has used the one-time grant (P24).
        if failure.status == 504, request.isOneTimeGrant { return .gatewayTimeout }
        let outcome = ChallengeOutcome(oauthError: failure.oauthError, for: request)
        guard outcome != .unrelated else { return .finalStatus }
        return .rejected(outcome, receivedNonce: receivedNonce.hasNonce(for: outcome), clockDiffers: clockDiffers)
    }

    /// Returns the error for a one-time grant that the server may have used.
    private static func unknownOutcome(at url: HTTP.URL, status: HTTP.Status?) -> TokenError {
        let message =
            status == nil
            ? "\(url) received a one-time grant, and no response arrived"
            : "\(url) received a one-time grant, and a gateway responded instead of the server"
        return TokenError(.outcomeUnknown, message, status: status)
    }

    /// Creates the request of one attempt.
    private nonisolated(nonsending) func makeAttempt(
        _ request: TokenEndpointRequest,
        to destination: Destination,
        _ server: DPoPServerState,
        deadline: MonotonicInstant
    ) async throws(TokenError) -> Attempt {
        // The assertion and the proof use the same offset, with which the rejection of either is compared.
        let clockOffset = server.clockOffset
        var http = HTTP.Request(
            method: .post,
            url: destination.url,
            maximumResponseBytes: TokenEndpointResponse.maximumBytes
        )
        http.fields = [.accept: "application/json", .contentType: FormURLEncoded.mediaType]
        var parameters = request.parameters
        let time = AssertionTime(clock: clock, offset: clockOffset, deadline: deadline)
        try await request.authenticate(&http, &parameters, issuer: destination.issuer, time: time)
        http.body = .bytes(FormURLEncoded.encode(parameters))
        http.timeout = max(.milliseconds(1), deadline - clock.now())
        guard let key = request.dpopKey else { return Attempt(request: http, clockOffset: clockOffset) }
        let (nonce, _, number) = server.nextRequest()
        do {
            let proof = DPoPProof(
                method: http.method,
                url: http.url,
                issuedAt: clock.unixTime() + clockOffset,
                nonce: nonce
            )
            http.fields.append(name: .dpop, value: try proof.signed(with: key))
        } catch {
            throw TokenError(.configuration, "the DPoP proof could not be created: \(error)")
        }
        return Attempt(request: http, clockOffset: clockOffset, proofNumber: number, nonce: nonce)
    }

    private func destination(of request: TokenEndpointRequest) async throws(TokenError) -> Destination {
        switch request.server {
        case .tokenEndpoint(let text):
            guard request.endpoint == .token else {
                let name = request.endpoint.rawValue
                throw TokenError(.configuration, "the \(name) is unknown: the issuer is required to discover it")
            }
            let url: HTTP.URL
            do {
                url = try HTTP.URL(text)
            } catch {
                throw TokenError(.configuration, "the token endpoint is invalid: \(error)")
            }
            try origins.check(url.origin, for: "the token endpoint")
            return Destination(request: request, url: url, issuer: nil)
        case .issuer(let issuer):
            let metadata = try await metadata.document(issuer, naming: request.endpoint)
            return Destination(
                request: try request.adapted(to: metadata),
                url: try metadata.url(request.endpoint.rawValue),
                issuer: issuer.name
            )
        }
    }
}
