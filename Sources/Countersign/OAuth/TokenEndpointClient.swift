import CountersignCrypto
import CountersignHTTP

/// The requests that go from a client straight to authorization servers, past the user's browser.
final class TokenEndpointClient: Sendable {
    private let transport: any HTTP.Transport
    private let clock: any RuntimeClock
    private let metadata: MetadataCache
    private let origins: OriginPolicy
    private let dpopOrigins: DPoPOrigins
    private let timeout: Duration
    private let observers: TelemetryFanOut?

    init(
        transport: any HTTP.Transport,
        clock: any RuntimeClock,
        metadata: MetadataCache,
        origins: OriginPolicy,
        dpopOrigins: DPoPOrigins,
        timeout: Duration,
        observers: TelemetryFanOut?
    ) {
        self.transport = transport
        self.clock = clock
        self.metadata = metadata
        self.origins = origins
        self.dpopOrigins = dpopOrigins
        self.timeout = timeout
        self.observers = observers
    }

    /// Asks for one token.
    func token(for request: EndpointRequest) async -> Result<TokenEndpointResponse, TokenError> {
        guard let observers else { return await outcome(of: request) }
        return await observers.watch { await outcome(of: request) }
    }

    private nonisolated(nonsending) func outcome(
        of request: EndpointRequest
    ) async -> Result<TokenEndpointResponse, TokenError> {
        do throws(TokenError) {
            let (response, url) = try await exchange(request)
            do throws(TokenError) {
                var token = try TokenEndpointResponse(response, boundTo: request.dpopKey)
                if ServerClock.isBelieved(at: url.origin),
                    let offset = ServerClock.offset(in: response.fields, unixTime: clock.unixTime())
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

    /// Makes a request.
    ///
    /// - Returns: The answer, whose status is one of success.
    func post(_ request: EndpointRequest) async throws(TokenError) -> HTTP.Response {
        try await exchange(request).response
    }

    /// Makes a request, at most four times.
    ///
    /// Once more for a nonce and once for a clock that the server taught, once more when a kept connection turned out to
    /// be closed; each time with a proof and an assertion of its own.
    private nonisolated(nonsending) func exchange(
        _ wanted: EndpointRequest
    ) async throws(TokenError) -> (response: HTTP.Response, url: HTTP.URL) {
        let (url, issuer) = try await address(of: wanted)
        let origin = dpopOrigins.origin(url.origin, as: .authorizationServer)
        let dpop = wanted.dpopKey.map { _ in origin }
        let deadline = clock.now().advanced(by: timeout)
        var mayLearnNonce = true
        var mayLearnClock = true
        var mayResend = true
        while true {
            // One for the assertion and the proof, so that a refusal of either is held against what it reckoned with.
            let clockOffset = origin.clockOffset
            var request = try await formRequest(wanted, to: url, issuer: issuer, clockOffset, deadline: deadline)
            request.timeout = max(.milliseconds(1), deadline - clock.now())
            var proofRequest: UInt64 = 0
            if let key = wanted.dpopKey, let dpop {
                let proof = dpop.nextProof()
                proofRequest = proof.request
                request.fields.append(name: .dpop, value: try self.proof(key, request, proof.nonce, clockOffset))
            }
            let response: HTTP.Response
            do {
                response = try await transport.send(request)
            } catch {
                // A closed pooled connection is no news where nothing can have been spent.
                if error.kind == .closed, mayResend, wanted.mayBeRepeated || !error.requestMayHaveBeenProcessed {
                    mayResend = false
                    observers?.record(.requestRepeated, "connection", at: url.origin)
                    continue
                }
                if !wanted.mayBeRepeated, error.requestMayHaveBeenProcessed {
                    throw TokenError(.outcomeUnknown, "\(url) was sent a grant that is good once, and no answer came")
                }
                throw TokenError(transport: error, at: url)
            }
            let nonce = dpop?.learnNonce(from: response.fields, request: proofRequest)
            if response.status.isSuccess { return (response, url) }
            // A gateway that has waited long enough: what the server behind it has done meanwhile it does not know (P24).
            if !wanted.mayBeRepeated, response.status == 504 {
                throw TokenError(
                    .outcomeUnknown,
                    "\(url) was sent a grant that is good once, and a gateway answered in the server's place",
                    status: 504
                )
            }
            let failure = TokenEndpointResponse.failure(of: response, unixTime: clock.unixTime())
                .concerning(wanted.credentials.clientID, at: url)
                .advising(on: wanted)
            switch failure.oauthError {
            case "use_dpop_nonce" where nonce != nil && mayLearnNonce:
                mayLearnNonce = false
                observers?.record(.requestRepeated, "nonce", at: url.origin)
            case "invalid_dpop_proof" where mayLearnClock && dpop != nil,
                // P48: an assertion has a time in it, too.
                "invalid_client" where mayLearnClock && wanted.hasTimedAssertion:
                let unixTime = clock.unixTime()
                guard origin.learnClock(from: response.fields, unixTime: unixTime, used: clockOffset) else {
                    throw failure
                }
                mayLearnClock = false
                observers?.record(.requestRepeated, "clock", at: url.origin)
            default:
                throw failure
            }
        }
    }

    private func address(of request: EndpointRequest) async throws(TokenError) -> (url: HTTP.URL, issuer: String?) {
        switch request.server {
        case .tokenEndpoint(let text):
            guard request.endpoint == .token else {
                throw TokenError(.configuration, "only an issuer's metadata names a \(request.endpoint.rawValue)")
            }
            let url: HTTP.URL
            do {
                url = try HTTP.URL(text)
            } catch {
                throw TokenError(.configuration, "the token endpoint is \(error)")
            }
            try origins.check(url.origin, for: "the token endpoint")
            return (url, nil)
        case .issuer(let issuer):
            let metadata = try await metadata.document(issuer, naming: request.endpoint)
            if let name = request.dpopKey?.algorithm.rawValue, let offered = metadata.dpopAlgorithms,
                !offered.contains(name)
            {
                throw TokenError(.configuration, "\(issuer) does not take DPoP proofs signed with \(name)")
            }
            return (try metadata.url(request.endpoint.rawValue), issuer)
        }
    }

    private func proof(
        _ key: DPoPKey,
        _ request: HTTP.Request,
        _ nonce: String?,
        _ offset: Duration
    ) throws(TokenError) -> String {
        do {
            return try key.proof(
                method: request.method,
                url: request.url,
                unixTime: clock.unixTime() + offset,
                tokenHash: nil,
                nonce: nonce
            )
        } catch {
            throw TokenError(.configuration, "no DPoP proof could be made: \(error)")
        }
    }

    private func formRequest(
        _ wanted: EndpointRequest,
        to url: HTTP.URL,
        issuer: String?,
        _ clockOffset: Duration,
        deadline: MonotonicInstant
    ) async throws(TokenError) -> HTTP.Request {
        var request = HTTP.Request(method: .post, url: url, maximumResponseBytes: TokenEndpointResponse.maximumBytes)
        request.fields = [.accept: "application/json", .contentType: FormURLEncoded.mediaType]
        var parameters = wanted.parameters
        try await authenticate(&request, &parameters, wanted, issuer: issuer, clockOffset, deadline: deadline)
        request.body = .bytes(FormURLEncoded.encode(parameters))
        return request
    }

    private func authenticate(
        _ request: inout HTTP.Request,
        _ parameters: inout [(name: String, value: String)],
        _ wanted: EndpointRequest,
        issuer: String?,
        _ clockOffset: Duration,
        deadline: MonotonicInstant
    ) async throws(TokenError) {
        let credentials = wanted.credentials
        let id = credentials.clientID
        if let assertion = wanted.assertion {
            return parameters += Self.assertionParameters(id, assertion)
        }
        switch (wanted.authentication, credentials.proof) {
        case (.none, _):
            parameters.append(("client_id", id))
        case (.clientSecretBasic, .secret(let secret)):
            let authorization =
                switch credentials.basicEncoding {
                case .formEncoded:
                    try BasicCredentials(
                        user: FormURLEncoded.encode(id),
                        password: Secret(FormURLEncoded.encode(secret.reveal()))
                    )
                case .raw: BasicCredentials(user: id, password: secret)
                }
            request.fields.append(name: .authorization, value: try authorization.authorization())
        case (.clientSecretPost, .secret(let secret)):
            parameters.append(("client_id", id))
            parameters.append(("client_secret", try secret.reveal()))
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key), (.privateKeyJWT, .provider),
            (.clientSecretJWT, .provider):
            let audience: String =
                switch credentials.assertionAudience {
                case .issuer: issuer ?? request.url.string
                case .tokenEndpoint: request.url.string
                }
            let assertion = try await ClientAssertion.make(
                credentials,
                audience: audience,
                clockOffset: clockOffset,
                clock: clock,
                deadline: deadline
            )
            parameters += Self.assertionParameters(id, assertion)
        default:
            throw TokenError(
                .configuration,
                "the credentials of client '\(id)' are not of the kind that \(wanted.authentication.rawValue) needs"
            )
        }
    }

    private static func assertionParameters(_ id: String, _ assertion: String) -> [(name: String, value: String)] {
        [
            ("client_id", id),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ]
    }
}
