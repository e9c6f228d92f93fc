import Countersign
import CountersignHTTP
import CountersignJSON

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
            let request = try request(.deviceAuthorization, sent, isOneTimeGrant: false)
            let start = runtime.clock.now()
            let response = try await runtime.post(request).jsonMembers(
                from: "the device authorization endpoint",
                requiring: "device_code"
            )
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
    /// The lifetime of codes without a valid `expires_in`, in seconds.
    private static let defaultLifetime = 600.0

    /// Decodes the response of a device authorization endpoint (RFC 8628 section 3.2).
    init(
        _ response: JSONMembers,
        issuer: String,
        scopes: [String],
        requestedAt: MonotonicInstant
    ) throws(TokenError) {
        deviceCode = try Self.required("device_code", in: response) { $0.isEmpty ? nil : $0 }
        userCode = try Self.required("user_code", in: response) { Self.isDisplayable($0) ? $0 : nil }
        // Some servers use a name of an early draft.
        let isDraft = (try? response.value("verification_uri")) == nil
        verificationURI = try Self.required(isDraft ? "verification_url" : "verification_uri", in: response, Self.url)
        verificationURIComplete = (try? response.string("verification_uri_complete")).flatMap(Self.url)
        let seconds = (try? response.number("expires_in")).flatMap { $0 > 0 ? $0 : nil } ?? Self.defaultLifetime
        expiresIn = .seconds(min(seconds, 86_400))
        // The default is 5 seconds (RFC 8628 section 3.2). Zero would flood the server.
        let interval = (try? response.number("interval")).flatMap { $0 > 0 ? $0 : nil } ?? 5
        self.interval = .seconds(max(1, min(interval, 600)))
        expiresAt = requestedAt.advanced(by: expiresIn)
        self.issuer = issuer
        self.scopes = scopes
    }

    /// Returns true for printable ASCII of moderate length: terminals show it, so it must not contain escape sequences.
    private static func isDisplayable(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// Returns a web address that is shown to the user; it may be on another host than the server.
    private static func url(_ text: String) -> String? {
        guard text.utf8.count <= 2048, let url = try? HTTP.URL(text), url.origin.isSecure || url.origin.isLoopback
        else { return nil }
        return text
    }

    /// Returns the text of a member that `validate` accepts.
    private static func required(
        _ name: String,
        in response: JSONMembers,
        _ validate: (String) -> String?
    ) throws(TokenError) -> String {
        let reason: String
        do throws(JSONDecodingError) {
            let text = try response.string(name)
            if let text = text.flatMap(validate) { return text }
            reason = text == nil ? "\(name) is missing" : "\(name) has an invalid value"
        } catch {
            reason = "\(error)"
        }
        throw TokenError(.malformedResponse, "the response of the device authorization endpoint is invalid: \(reason)")
    }
}
