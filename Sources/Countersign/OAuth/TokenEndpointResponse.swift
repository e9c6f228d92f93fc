package import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// The response of a token endpoint (RFC 6749 sections 5.1 and 5.2).
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
    /// Only the access token must be valid, and the token type if a DPoP token was requested. Any other member that
    /// cannot be read counts as missing (P61).
    ///
    /// - Parameter key: The key of the request's proof. The token must then be a DPoP token (P51).
    /// - Throws: ``TokenError``, with the ``TokenError/newRefreshToken`` if the response has one.
    package init(_ response: HTTP.Response, boundTo key: DPoPKey?) throws(TokenError) {
        let members = try Self.members(of: response)
        // Read first: the server may have revoked the refresh token that was sent, whatever is wrong with the other
        // members.
        refreshToken = Self.text("refresh_token", in: members)
        do throws(TokenError) {
            accessToken = try Self.accessToken(in: members, of: response, boundTo: key)
        } catch {
            throw error.carrying(newRefreshToken: refreshToken)
        }
        idToken = Self.text("id_token", in: members)
        issuedTokenType = Self.text("issued_token_type", in: members)
    }

    /// Returns the error of a response without a token.
    package static func failure(of response: HTTP.Response, unixTime: Duration) -> TokenError {
        let status = response.status
        let retryAfter = RetryAfter.parse(response.fields, unixTime: unixTime)
        let members = try? Self.members(of: response)
        // HubSpot has its error code in another member.
        let code = ((try? members?.string("error")) ?? (try? members?.string("status"))).flatMap(errorCode)
        let description = try? members?.string("error_description")
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

    private static func members(of response: HTTP.Response) throws(TokenError) -> JSONMembers {
        do throws(JSONDecodingError) {
            return try JSONMembers(parsing: response.body)
        } catch {
            throw malformed(response.contentCodingProblem ?? "\(error)")
        }
    }

    private static func accessToken(
        in members: JSONMembers,
        of response: HTTP.Response,
        boundTo key: DPoPKey?
    ) throws(TokenError) -> AccessToken {
        let (error, value, type): (JSONNode?, String?, JSONNode?)
        do throws(JSONDecodingError) {
            error = try members.value("error")
            value = try members.string("access_token")
            type = try members.value("token_type")
        } catch {
            throw malformed("\(error)")
        }
        // Some servers send "error": "" with a token.
        if let code = error?.string, !code.utf8.allSatisfy({ $0 <= 0x20 }) {
            throw failure(of: response, unixTime: .zero)
        }
        guard let value else { throw malformed("access_token is missing") }
        try check(type, isDPoP: key != nil)
        return try AccessToken(value, lifetime: lifetime(in: members), scopes: members.scopes(), boundTo: key)
    }

    /// Checks `token_type`, which is case-insensitive (RFC 6749 section 5.1).
    ///
    /// Some servers omit it, or send `BearerToken` or `access_token`. That is accepted for a bearer token, but a Bearer
    /// token is not accepted instead of a DPoP token (P51), nor the reverse.
    private static func check(_ type: JSONNode?, isDPoP: Bool) throws(TokenError) {
        let name = (type?.string ?? "").utf8.filter { $0 > 0x20 }.map(\.asciiLowercased)
        if isDPoP {
            guard !name.elementsEqual("dpop".utf8) else { return }
            let reason = name.isEmpty ? "token_type is missing" : "the token_type is not DPoP"
            throw TokenError(
                .wrongTokenType,
                "\(reason), but a DPoP token was requested: the token is not used; remove 'dpop' from the schema if the "
                    + "server does not support it"
            )
        }
        // N_A is the type of an issued token that is not an access token (RFC 8693 section 2.2.1).
        let isBearer = name.isEmpty || name.starts(with: "bearer".utf8)
        guard isBearer || ["n_a", "access_token"].contains(where: { name.elementsEqual($0.utf8) }) else {
            throw TokenError(.wrongTokenType, "the token_type is not Bearer: the token is not used")
        }
    }

    /// Returns the text of a member; nil if it is missing, empty or invalid.
    private static func text(_ name: String, in members: JSONMembers) -> String? {
        guard let text = try? members.string(name), !text.isEmpty else { return nil }
        return text
    }

    /// Returns `expires_in`, which some servers send as a string.
    ///
    /// - Returns: Nil if it is missing or invalid. Zero and -1 mean unknown or unlimited where they occur.
    private static func lifetime(in members: JSONMembers) -> Duration? {
        guard let seconds = try? members.number("expires_in"), seconds > 0 else { return nil }
        let longest = Double(10 * 365 * 86_400)
        return .seconds(min(seconds, longest))
    }

    /// Returns an error code if it has only the characters of RFC 6749 section 5.2, and is short enough for a label.
    private static func errorCode(_ text: String) -> String? {
        let isLabel =
            text.utf8.count <= 64 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        return isLabel && !text.isEmpty ? text : nil
    }

    private static func malformed(_ reason: String) -> TokenError {
        TokenError(.malformedResponse, "the token response is invalid: \(reason)")
    }
}

extension TokenEndpointResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "TokenEndpointResponse(\(accessToken))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessToken": accessToken]) }
}
