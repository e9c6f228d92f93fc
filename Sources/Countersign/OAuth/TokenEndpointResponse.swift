package import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// What a token endpoint answered (RFC 6749 sections 5.1 and 5.2), read with suspicion.
package struct TokenEndpointResponse: Sendable {
    /// P58: no more of an answer is read.
    static let maximumBytes = 1 << 20

    package let accessToken: AccessToken
    /// RFC 6749 section 6; an empty one is none (P33).
    package let refreshToken: String?
    /// OpenID Connect Core section 3.1.3.3, not looked into here.
    package let idToken: String?
    /// RFC 8693 section 2.2.1.
    package let issuedTokenType: String?
    /// How far the server's clock is ahead of ours, where this very response says so and can be believed.
    package internal(set) var clockOffset = Duration.zero

    /// Reads a successful answer.
    ///
    /// - Parameter key: The key of the request's proof: the token must then be a DPoP token (P51).
    package init(_ response: HTTP.Response, boundTo key: DPoPKey?) throws(TokenError) {
        let root = try Self.object(response.body)
        guard root["error"] == nil else { throw Self.failure(of: response, unixTime: .zero) }
        guard let value = root["access_token"]?.string else {
            throw Self.malformed("the token response has no access_token")
        }
        guard let type = root["token_type"]?.string else {
            throw Self.malformed("the token response has no token_type")
        }
        // Case-insensitively (RFC 6749 section 5.1); and never Bearer where DPoP was asked for, nor the reverse.
        switch (type.lowercased(), key) {
        case ("bearer", nil), ("dpop", .some): break
        case ("bearer", .some):
            throw Self.malformed("a DPoP token was asked for, and a Bearer token came: it is not used")
        default:
            throw Self.malformed("the token response has a token_type that was not asked for")
        }
        accessToken = try AccessToken(
            value,
            lifetime: Self.lifetime(root["expires_in"]),
            scopes: root["scope"]?.string?.split(separator: " ").map(String.init),
            boundTo: key
        )
        refreshToken = root["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        idToken = root["id_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        issuedTokenType = root["issued_token_type"]?.string
    }

    /// What an answer that is no token means.
    package static func failure(of response: HTTP.Response, unixTime: Duration) -> TokenError {
        let status = response.status
        let retryAfter = RetryAfter.parse(response.fields[.retryAfter], unixTime: unixTime)
        let root = try? object(response.body)
        let code = root?["error"]?.string.flatMap(errorCode)
        let description = root?["error_description"]?.string
        let passing = status.rawValue >= 500 || status == 429 || status == 408
        let isPassing = passing || code == "temporarily_unavailable" || code == "server_error"
        return TokenError(
            isPassing ? .serverError : .rejected,
            isPassing ? "the authorization server failed" : "the authorization server refused the request",
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
        guard document.duplicateKey() == nil else { throw malformed("the token response says something twice") }
        return document.root
    }

    /// `expires_in` in seconds: a number, or, as some servers have it, a string of digits.
    private static func lifetime(_ node: JSONNode?) throws(TokenError) -> Duration? {
        guard let node, !node.isNull else { return nil }
        let seconds = node.double ?? node.string.flatMap(Double.init)
        guard let seconds, seconds.isFinite else { throw malformed("expires_in is not a number of seconds") }
        let longest = Double(10 * 365 * 86_400)
        return .seconds(max(0, min(seconds, longest)))
    }

    /// An error code made of the characters that RFC 6749 section 5.2 allows, and no longer than a label.
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
