import CountersignCrypto
import CountersignHTTP

/// One kind of token request: everything that is the same each time that it is made.
struct TokenGrant: Sendable {
    var server: AuthorizationServer
    var authentication: ClientAuthentication
    var credentials: ClientCredentials
    /// The parameters of the grant itself, in the order in which they are sent.
    var parameters: [(name: String, value: String)]
    /// A client assertion of the caller's, instead of one that the credentials make.
    var assertion: String?
    var dpop: DPoPAlgorithm?

    /// Whether a client assertion is made here, by our clock.
    var hasTimedAssertion: Bool {
        guard assertion == nil else { return false }
        switch (authentication, credentials.proof) {
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key): return true
        default: return false
        }
    }

    /// What a request says by other means than as a further parameter.
    static let reservedParameters: Set<String> = [
        "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource",
    ]
}

/// Asks token endpoints for tokens (RFC 6749 section 3.2).
final class TokenEndpoint: Sendable {
    private let transport: any HTTPTransport
    private let clock: any RuntimeClock
    private let metadata: MetadataCache
    private let origins: OriginPolicy
    private let dpopOrigins: DPoPOrigins
    private let keys: DPoPKeys
    private let timeout: Duration
    private let observers: Observers?

    init(
        transport: any HTTPTransport,
        clock: any RuntimeClock,
        origins: OriginPolicy,
        dpopOrigins: DPoPOrigins,
        keys: DPoPKeys,
        timeout: Duration,
        observers: Observers?
    ) {
        self.transport = transport
        self.clock = clock
        self.origins = origins
        self.dpopOrigins = dpopOrigins
        self.keys = keys
        self.timeout = timeout
        self.observers = observers
        metadata = MetadataCache(transport: transport, clock: clock, origins: origins)
    }

    /// Asks for one token.
    ///
    /// The request is made at most four times: once more for a nonce and once for a clock that the server taught, once
    /// more when a kept connection turned out to be closed. Each time with a proof and an assertion of its own.
    func token(for grant: TokenGrant) async -> Result<AccessToken, TokenError> {
        guard let observers else { return await outcome(of: grant) }
        return await observers.watch { await outcome(of: grant) }
    }

    private nonisolated(nonsending) func outcome(of grant: TokenGrant) async -> Result<AccessToken, TokenError> {
        do {
            return .success(try await request(grant))
        } catch {
            return .failure(error)
        }
    }

    private func request(_ grant: TokenGrant) async throws(TokenError) -> AccessToken {
        let key = try grant.dpop.map { (algorithm) throws(TokenError) in
            if let own = grant.credentials.dpopKey { return own }
            return try keys.key(algorithm)
        }
        let (url, issuer) = try await endpoint(of: grant, key)
        let origin = dpopOrigins.origin(url.origin, as: .authorizationServer)
        let dpop = key.map { _ in origin }
        let deadline = clock.now().advanced(by: timeout)
        var mayLearnNonce = true
        var mayLearnClock = true
        var mayResend = true
        while true {
            var request = try await tokenRequest(grant, to: url, issuer: issuer, origin, deadline: deadline)
            request.timeout = max(.milliseconds(1), deadline - clock.now())
            var proofRequest: UInt64 = 0
            if let key, let dpop {
                let proof = dpop.nextProof()
                proofRequest = proof.request
                request.fields.append(name: .dpop, value: try self.proof(key, request, proof.nonce, proof.clockOffset))
            }
            let response: HTTPResponse
            do {
                response = try await transport.send(request)
            } catch {
                // Asking for a client-credentials token again does no harm, and a closed pooled connection is no news.
                guard error.reason == .closed, mayResend else { throw TokenError(transport: error, at: url) }
                mayResend = false
                observers?.record(.requestRepeated, "connection", at: url.origin)
                continue
            }
            let nonce = dpop?.learnNonce(from: response.fields, request: proofRequest)
            let client = grant.credentials.clientID
            if response.status.isSuccess {
                do throws(TokenError) {
                    return try TokenResponse.token(of: response, boundTo: key)
                } catch {
                    throw error.concerning(client, at: url)
                }
            }
            let failure = TokenResponse.failure(of: response, unixTime: clock.unixTime()).concerning(client, at: url)
            switch failure.oauthError {
            case "use_dpop_nonce" where nonce != nil && mayLearnNonce:
                mayLearnNonce = false
                observers?.record(.requestRepeated, "nonce", at: url.origin)
            case "invalid_dpop_proof" where mayLearnClock && dpop != nil,
                // P48: an assertion has a time in it, too.
                "invalid_client" where mayLearnClock && grant.hasTimedAssertion:
                guard origin.learnClock(from: response.fields, unixTime: clock.unixTime()) else { throw failure }
                mayLearnClock = false
                observers?.record(.requestRepeated, "clock", at: url.origin)
            default:
                throw failure
            }
        }
    }

    private func endpoint(
        of grant: TokenGrant,
        _ key: DPoPKey?
    ) async throws(TokenError) -> (url: HTTPURL, issuer: String?) {
        switch grant.server {
        case .tokenEndpoint(let text):
            let url: HTTPURL
            do {
                url = try HTTPURL(text)
            } catch {
                throw TokenError(.configuration, "the token endpoint is \(error)")
            }
            try origins.check(url.origin, for: "the token endpoint")
            return (url, nil)
        case .issuer(let issuer):
            let metadata = try await metadata.metadata(of: issuer)
            if let name = key?.algorithm.rawValue, let offered = metadata.dpopAlgorithms, !offered.contains(name) {
                throw TokenError(.configuration, "\(issuer) does not take DPoP proofs signed with \(name)")
            }
            return (metadata.tokenEndpoint, issuer)
        }
    }

    private func proof(
        _ key: DPoPKey,
        _ request: HTTPRequest,
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

    private func tokenRequest(
        _ grant: TokenGrant,
        to url: HTTPURL,
        issuer: String?,
        _ origin: DPoPOrigin,
        deadline: Instant
    ) async throws(TokenError) -> HTTPRequest {
        var request = HTTPRequest(method: .post, url: url, maximumResponseBytes: TokenResponse.maximumBytes)
        request.fields = [.accept: "application/json", .contentType: FormURLEncoded.mediaType]
        var parameters = grant.parameters
        try await authenticate(&request, &parameters, grant, issuer: issuer, origin, deadline: deadline)
        request.body = .bytes(FormURLEncoded.encode(parameters))
        return request
    }

    private func authenticate(
        _ request: inout HTTPRequest,
        _ parameters: inout [(name: String, value: String)],
        _ grant: TokenGrant,
        issuer: String?,
        _ origin: DPoPOrigin,
        deadline: Instant
    ) async throws(TokenError) {
        let id = grant.credentials.clientID
        if let assertion = grant.assertion {
            return parameters += Self.assertionParameters(id, assertion)
        }
        switch (grant.authentication, grant.credentials.proof) {
        case (.none, _):
            parameters.append(("client_id", id))
        case (.clientSecretBasic, .secret(let secret)):
            let authorization =
                switch grant.credentials.basicEncoding {
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
                switch grant.credentials.assertionAudience {
                case .issuer: issuer ?? request.url.string
                case .tokenEndpoint: request.url.string
                }
            let assertion = try await ClientAssertion.make(
                grant.credentials,
                audience: audience,
                clockOffset: origin.clockOffset,
                clock: clock,
                deadline: deadline
            )
            parameters += Self.assertionParameters(id, assertion)
        default:
            throw TokenError(
                .configuration,
                "the credentials of client '\(id)' are not of the kind that \(grant.authentication.rawValue) needs"
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
