import Countersign
import CountersignHTTP
import CountersignJSON

extension OIDCClient {
    /// Begins a sign-in with another device (RFC 8628 section 3.1).
    ///
    /// - Parameter parameters: Further parameters; an equal name replaces one of the configuration's.
    /// - Throws: ``SignInError``, when the server has no such endpoint, refuses, or answers with something else.
    public func deviceAuthorization(parameters: [String: String] = [:]) async throws(SignInError) -> DeviceAuthorization
    {
        try await asking { () async throws(TokenError) in
            var sent: [(name: String, value: String)] = []
            if !configuration.scopes.isEmpty { sent.append(("scope", configuration.scopes.joined(separator: " "))) }
            for resource in configuration.resources { sent.append(("resource", resource)) }
            sent += try furtherParameters(parameters)
            var request = try request(.deviceAuthorization, sent, mayBeRepeated: true)
            // RFC 8628 section 3.1 wants it unless the client authenticates; some servers look nowhere else.
            if request.authentication == .clientSecretBasic {
                request.parameters.append(("client_id", credentials.clientID))
            }
            let start = runtime.clock.now()
            let answer = try await runtime.post(request).object(from: "the device authorization endpoint")
            return try DeviceAuthorization(answer, issuer: issuer(), scopes: configuration.scopes, askedAt: start)
        }
    }

    /// Waits until the user has approved on the other device, and completes the sign-in.
    ///
    /// It asks as often as the server allows, and goes on through passing failures until the codes are no longer good.
    ///
    /// - Throws: ``SignInError``: ``SignInError/Kind/denied`` when the user refused, ``SignInError/Kind/expired`` when
    ///   nobody approved in time, ``SignInError/Kind/cancelled`` as soon as the task is cancelled.
    public func complete(_ authorization: DeviceAuthorization) async throws(SignInError) -> SignInResult {
        let request = try await asking { () async throws(TokenError) in
            guard try issuer() == authorization.issuer else {
                throw TokenError(.configuration, "the device code is another issuer's than this client's")
            }
            return try self.request(
                .token,
                [
                    ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                    ("device_code", authorization.deviceCode),
                ] + furtherTokenParameters(),
                mayBeRepeated: false
            )
        }
        var polling = DevicePolling(interval: authorization.interval)
        var pause = authorization.interval
        while true {
            try await wait(pause, for: authorization)
            do throws(SignInError) {
                // Not every server has ID tokens for devices; one that comes is validated.
                return try await result(of: request, "device", scopes: authorization.scopes, needsIDToken: false) { _ in
                }
            } catch {
                if Task.isCancelled { throw SignInError(.cancelled, "the task was cancelled") }
                guard error.kind == .token, let reason = error.tokenError else { throw error }
                switch reason.oauthError {
                case "access_denied":
                    throw SignInError(.denied, "the user refused", oauthError: reason.oauthError)
                case "expired_token":
                    throw Self.expired
                default:
                    guard case .wait(let next) = polling.step(after: reason) else { throw error }
                    pause = next
                }
            }
        }
    }

    private static var expired: SignInError { SignInError(.expired, "nobody approved in time") }

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
    /// Reads the answer of a device authorization endpoint (RFC 8628 section 3.2).
    fileprivate init(
        _ answer: JSONNode,
        issuer: String,
        scopes: [String],
        askedAt start: MonotonicInstant
    ) throws(TokenError) {
        guard let deviceCode = answer["device_code"]?.string, !deviceCode.isEmpty,
            let userCode = answer["user_code"]?.string, Self.canBeShown(userCode),
            let uri = Self.url(answer["verification_uri"] ?? answer["verification_url"]),
            let seconds = answer["expires_in"]?.double, seconds > 0
        else {
            throw TokenError(
                .malformedResponse,
                "the device authorization endpoint gave no device_code, user_code, verification_uri or expires_in"
            )
        }
        self.deviceCode = deviceCode
        self.userCode = userCode
        verificationURI = uri
        verificationURIComplete = Self.url(answer["verification_uri_complete"])
        lifetime = .seconds(min(seconds, 86_400))
        // RFC 8628 section 3.2: 5 seconds, where the server does not say. None at all would be a flood.
        interval = .seconds(max(1, min(answer["interval"]?.double ?? 5, 600)))
        expiresAt = start.advanced(by: lifetime)
        self.issuer = issuer
        self.scopes = scopes
    }

    /// Terminals and pages show it: no escape sequence, and nothing endless.
    private static func canBeShown(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// A web address, as it is shown to the user; a server may send them to another host than its own.
    private static func url(_ node: JSONNode?) -> String? {
        guard let text = node?.string, text.utf8.count <= 2048, let url = try? HTTP.URL(text),
            url.origin.isSecure || url.origin.isLoopback
        else { return nil }
        return text
    }
}
