import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// The device authorization grant (RFC 8628).
extension OIDCClient {
    /// Begins a sign-in on another device (RFC 8628 section 3.1).
    ///
    /// - Parameter parameters: Additional parameters; they override the configuration's parameters of the same name.
    /// - Throws: ``SignInError`` if the server has no device authorization endpoint, rejects the request, or sends a
    ///   malformed response.
    public func deviceAuthorization(parameters: [String: String] = [:]) async throws(SignInError) -> DeviceAuthorization
    {
        try await mappingTokenErrors { () async throws(TokenError) in
            var sent: [(name: String, value: String)] = []
            if !configuration.scopes.isEmpty { sent.append(("scope", configuration.scopes.joined(separator: " "))) }
            for resource in configuration.resources { sent.append(("resource", resource)) }
            sent += try additionalParameters(parameters)
            var request = try request(.deviceAuthorization, sent, isOneTimeGrant: false)
            // RFC 8628 section 3.1 requires client_id unless the client authenticates, but some servers always do.
            if request.authentication == .clientSecretBasic {
                request.parameters.append(("client_id", credentials.clientID))
            }
            let start = runtime.clock.now()
            let response = try await runtime.post(request).jsonObject(from: "the device authorization endpoint")
            return try DeviceAuthorization(
                response,
                issuer: issuer(),
                scopes: configuration.scopes,
                requestedAt: start
            )
        }
    }

    /// Polls until the user has approved on the other device, and completes the sign-in.
    ///
    /// The client polls as often as the server allows, and retries transient failures until the codes expire.
    ///
    /// - Throws: ``SignInError``: of kind ``SignInError/Kind/denied`` if the user denied the request, of kind
    ///   ``SignInError/Kind/expired`` if the codes expired first, of kind ``SignInError/Kind/cancelled`` as soon as the
    ///   task is cancelled.
    public func complete(_ authorization: DeviceAuthorization) async throws(SignInError) -> SignInResult {
        let request = try await mappingTokenErrors { () async throws(TokenError) in
            guard try issuer().utf8.elementsEqual(authorization.issuer.utf8) else {
                throw TokenError(.configuration, "the device code was issued by another issuer than this client's")
            }
            return try self.request(
                .token,
                [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                    ("device_code", authorization.deviceCode),
                ] + additionalTokenParameters(),
                isOneTimeGrant: true
            )
        }
        var polling = DevicePolling(interval: authorization.interval)
        var pause = authorization.interval
        while true {
            try await wait(pause, for: authorization)
            do throws(SignInError) {
                // Not every server issues ID tokens in the device flow; one that is issued is validated.
                return try await signInResult(
                    of: request,
                    flow: "device",
                    scopes: authorization.scopes,
                    requiresIDToken: false
                ) { _ in }
            } catch {
                if Task.isCancelled { throw SignInError(.cancelled, "the task was cancelled") }
                guard error.kind == .tokenError, let tokenError = error.tokenError else { throw error }
                switch tokenError.oauthError {
                case "access_denied":
                    throw SignInError(.denied, "the user denied the request", oauthError: tokenError.oauthError)
                case "expired_token":
                    throw Self.expired
                default:
                    guard case .wait(let next) = polling.action(after: tokenError) else { throw error }
                    pause = next
                }
            }
        }
    }

    private static var expired: SignInError {
        SignInError(.expired, "the codes expired before the user approved the sign-in")
    }

    private func wait(_ pause: Duration, for authorization: DeviceAuthorization) async throws(SignInError) {
        let next = runtime.clock.now().advanced(by: pause)
        do {
            try await runtime.clock.sleep(until: min(next, authorization.expiresAt))
        } catch {
            throw SignInError(.cancelled, "the task was cancelled")
        }
        guard next < authorization.expiresAt else { throw Self.expired }
    }
}

extension DeviceAuthorization {
    /// Decodes the response of a device authorization endpoint (RFC 8628 section 3.2).
    fileprivate init(
        _ response: JSONNode,
        issuer: String,
        scopes: [String],
        requestedAt: MonotonicInstant
    ) throws(TokenError) {
        guard let deviceCode = response["device_code"]?.string, !deviceCode.isEmpty,
            let userCode = response["user_code"]?.string, Self.isDisplayable(userCode),
            let uri = Self.url(response["verification_uri"] ?? response["verification_url"]),
            let seconds = response["expires_in"]?.double, seconds > 0
        else {
            throw TokenError(
                .malformedResponse,
                """
                the response of the device authorization endpoint lacks a valid device_code, user_code, verification_uri \
                or expires_in
                """
            )
        }
        self.deviceCode = deviceCode
        self.userCode = userCode
        verificationURI = uri
        verificationURIComplete = Self.url(response["verification_uri_complete"])
        expiresIn = .seconds(min(seconds, 86_400))
        // The default is 5 seconds (RFC 8628 section 3.2). Zero would flood the server.
        interval = .seconds(max(1, min(response["interval"]?.double ?? 5, 600)))
        expiresAt = requestedAt.advanced(by: expiresIn)
        self.issuer = issuer
        self.scopes = scopes
    }

    /// Returns true for printable ASCII of moderate length: terminals show it, so it must not contain escape sequences.
    private static func isDisplayable(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// Returns a web address that is shown to the user; it may be on another host than the server.
    private static func url(_ node: JSONNode?) -> String? {
        guard let text = node?.string, text.utf8.count <= 2048, let url = try? HTTP.URL(text),
            url.origin.isSecure || url.origin.isLoopback
        else { return nil }
        return text
    }
}
