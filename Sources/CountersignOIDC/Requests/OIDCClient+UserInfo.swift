public import Countersign
import CountersignHTTP
import CountersignJSON

extension OIDCClient {
    /// Asks the userinfo endpoint who a token belongs to (OpenID Connect Core section 5.3).
    ///
    /// - Parameters:
    ///   - accessToken: The user's token; one that is bound to a key is sent with a proof.
    ///   - subject: Who it must be: the `sub` of the ID token. The answer is refused when it is about somebody else.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/userInfo``, also for an answer that is not JSON: signed and
    ///   encrypted ones are not supported.
    public func userInfo(
        _ accessToken: AccessToken,
        subject: String? = nil
    ) async throws(SignInError) -> UserClaims {
        let endpoint = try await asking { () async throws(TokenError) in
            try await runtime.metadata(of: issuer()).url("userinfo_endpoint")
        }
        let client = APIClient(
            server: endpoint.origin.description,
            name: "userinfo",
            authorization: .token(OneToken(token: accessToken)),
            runtime: runtime
        ).options(.timeout(.seconds(10)))
        let response: HTTP.Response
        do {
            response = try await client.send(.get, endpoint.target, fields: [.accept: "application/json"])
        } catch {
            if error.kind == .cancelled { throw SignInError(.cancelled, "the task was cancelled") }
            throw SignInError(.userInfo, "the userinfo endpoint gave no answer", token: error.tokenError, isTransient: true)
        }
        return try Self.claims(response, of: subject)
    }

    private static func claims(_ response: HTTP.Response, of subject: String?) throws(SignInError) -> UserClaims {
        guard response.status.rawValue == 200 else {
            let status = response.status.rawValue
            throw SignInError(
                .userInfo,
                "the userinfo endpoint answered with status \(status)",
                isTransient: status >= 500 || status == 429
            )
        }
        let type = (response.fields[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type.trimmingSpaces == "application/json" else {
            throw SignInError(.userInfo, "the userinfo is not JSON; signed and encrypted answers are not supported")
        }
        guard let root = try? response.object(from: "the userinfo endpoint"), let claims = try? UserClaims(json: root)
        else { throw SignInError(.userInfo, "the userinfo is not a JSON object that says everything once") }
        guard !claims.subject.isEmpty else {
            throw SignInError(.userInfo, "the userinfo does not say whose it is (sub)")
        }
        // OpenID Connect Core section 5.3.2: or one user's token could bring another's claims.
        if let subject, !claims.subject.utf8.elementsEqual(subject.utf8) {
            throw SignInError(.userInfo, "the userinfo is about another user than the ID token")
        }
        return claims
    }
}

/// A token that there is no other of.
private struct OneToken: TokenSource {
    let token: AccessToken

    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken { token }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        var rest = self[...]
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
