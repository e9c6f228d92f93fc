package import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// The response of a token endpoint, strictly validated (RFC 6749 sections 5.1 and 5.2).
package struct TokenEndpointResponse: Sendable {
    /// The limit of a response (P58).
    static let maximumBytes = 1 << 20

    package let accessToken: AccessToken
    /// The refresh token (RFC 6749 section 6).
    ///
    /// An empty one counts as missing (P33).
    package var refreshToken: String?
    /// The ID token (OpenID Connect Core section 3.1.3.3), not validated here.
    package let idToken: String?
    /// The type of the issued token (RFC 8693 section 2.2.1).
    package let issuedTokenType: String?
    /// The time by which the server's clock is ahead, by the `Date` of this response, if that can be trusted.
    package internal(set) var clockOffset = Duration.zero

    /// Parses a successful response.
    ///
    /// - Parameter key: The key of the request's proof. The token must then be a DPoP token (P51).
    package init(_ response: HTTP.Response, boundTo key: DPoPKey?) throws(TokenError) {
        let root = try Self.object(response.body)
        guard root["error"] == nil else { throw Self.failure(of: response, unixTime: .zero) }
        guard let value = root["access_token"]?.string else {
            throw Self.malformed("the token response has no access_token")
        }
        guard let type = root["token_type"]?.string else {
            throw Self.malformed("the token response has no token_type")
        }
        // Case-insensitive (RFC 6749 section 5.1). A Bearer token is not accepted instead of a DPoP token, nor the reverse.
        switch (type.lowercased(), key) {
        case ("bearer", nil), ("dpop", .some): break
        case ("bearer", .some):
            throw Self.malformed(
                "the token_type is Bearer, but a DPoP token was requested: the token is not used; remove 'dpop' from the "
                    + "schema if the server does not support it"
            )
        default:
            throw Self.malformed("the token response has a token_type that was not requested")
        }
        accessToken = try AccessToken(
            value,
            lifetime: Self.lifetime(root["expires_in"]),
            scopes: root["scope"]?.string?.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) },
            boundTo: key
        )
        refreshToken = root["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        idToken = root["id_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        issuedTokenType = root["issued_token_type"]?.string
    }

    /// Returns the error of a response without a token.
    package static func failure(of response: HTTP.Response, unixTime: Duration) -> TokenError {
        let status = response.status
        let retryAfter = RetryAfter.parse(response.fields[.retryAfter], unixTime: unixTime)
        let root = try? object(response.body)
        let code = root?["error"]?.string.flatMap(errorCode)
        let description = root?["error_description"]?.string
        let isTransientStatus = status.rawValue >= 500 || status == 429 || status == 408
        let isTransient = isTransientStatus || code == "temporarily_unavailable" || code == "server_error"
        return TokenError(
            isTransient ? .serverError : .rejected,
            isTransient ? "the authorization server failed" : "the authorization server rejected the request",
            oauthError: code,
            oauthErrorDescription: description,
            status: status,
            retryAfter: retryAfter
        )
    }

    private static func object(_ body: [UInt8]) throws(TokenError) -> JSONNode {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body)
        } catch {
            throw malformed("the token response is not JSON: \(error)")
        }
        guard document.root.kind == .object else { throw malformed("the token response is not a JSON object") }
        guard document.duplicateKey() == nil else { throw malformed("the token response has a duplicate member") }
        return document.root
    }

    /// Parses `expires_in` in seconds: a number, or a string of digits, which some servers send.
    private static func lifetime(_ node: JSONNode?) throws(TokenError) -> Duration? {
        guard let node, !node.isNull else { return nil }
        let seconds = node.double ?? node.string.flatMap(Double.init)
        guard let seconds, seconds.isFinite else { throw malformed("expires_in is not a number of seconds") }
        let longest = Double(10 * 365 * 86_400)
        return .seconds(max(0, min(seconds, longest)))
    }

    /// Returns an error code if it has only the characters of RFC 6749 section 5.2, and is short enough for a label.
    private static func errorCode(_ text: String) -> String? {
        let isLabel =
            text.utf8.count <= 64 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        return isLabel && !text.isEmpty ? text : nil
    }

    private static func malformed(_ reason: String) -> TokenError {
        TokenError(.malformedResponse, reason)
    }
}

extension TokenEndpointResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "TokenEndpointResponse(\(accessToken))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessToken": accessToken]) }
}
