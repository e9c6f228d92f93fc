public import Countersign
import CountersignHTTP
import CountersignJSON

extension OIDCClient {
    /// Requests the claims about the user of an access token from the userinfo endpoint (OpenID Connect Core section
    /// 5.3).
    ///
    /// - Parameters:
    ///   - accessToken: The user's access token; a DPoP token is sent with a proof.
    ///   - subject: The `sub` of the ID token. Claims about another user are rejected.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/userInfo``, also for a signed or encrypted response, which
    ///   is
    ///   not supported.
    public func userInfo(
        _ accessToken: AccessToken,
        subject: String? = nil
    ) async throws(SignInError) -> UserClaims {
        let endpoint = try await mappingTokenErrors { () async throws(TokenError) in
            try await serverMetadata().url("userinfo_endpoint")
        }
        let client = APIClient(
            server: endpoint.origin.description,
            name: "userinfo",
            authorization: .token(accessToken),
            runtime: runtime
        ).options(.timeout(.seconds(10)))
        let response: HTTP.Response
        do {
            response = try await client.send(.get, endpoint.target, fields: [.accept: "application/json"])
        } catch {
            if error.kind == .cancelled { throw SignInError(.cancelled, "the task was cancelled") }
            throw SignInError(
                .userInfo,
                "no response from the userinfo endpoint",
                tokenError: error.tokenError,
                isTransient: true
            )
        }
        return try Self.claims(in: response, of: subject)
    }

    private static func claims(
        in response: HTTP.Response,
        of subject: String?
    ) throws(SignInError) -> UserClaims {
        let status = response.status
        func rejection(_ message: String, isTransient: Bool = false) -> SignInError {
            SignInError(.userInfo, message, status: status, isTransient: isTransient)
        }
        guard status == 200 else {
            throw rejection(
                "the userinfo endpoint did not return claims",
                isTransient: status.rawValue >= 500 || status == 429
            )
        }
        let field = (response.fields[.contentType] ?? "").utf8
        let type = Substring(field.prefix { $0 != UInt8(ascii: ";") }).lowercased()
        guard type.trimmingSpaces == "application/json" else {
            throw rejection("the userinfo response is not JSON; signed and encrypted responses are not supported")
        }
        let claims: UserClaims
        do throws(TokenError) {
            let members = try response.jsonMembers(from: "the userinfo endpoint", requiring: "sub")
            claims = UserClaims(members: members.values())
        } catch {
            throw rejection(error.message)
        }
        guard !claims.subject.isEmpty else {
            throw rejection("the response of the userinfo endpoint is invalid: sub is empty or not a string")
        }
        // OpenID Connect Core section 5.3.2: the access token could have been swapped for another user's.
        if let subject, !claims.subject.utf8.elementsEqual(subject.utf8) {
            throw rejection("the userinfo response is about another user than the ID token")
        }
        return claims
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        var rest = self[...]
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
