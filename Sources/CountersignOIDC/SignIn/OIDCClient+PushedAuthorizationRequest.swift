import Countersign
import CountersignHTTP
import CountersignJSON

/// Pushed authorization requests (RFC 9126).
extension OIDCClient {
    /// Returns true if authorization requests to this server are pushed.
    ///
    /// - Throws: `TokenError` of kind `configuration` if the server requires what the configuration rules out.
    func pushesAuthorizationRequest(_ metadata: AuthorizationServerMetadata) throws(TokenError) -> Bool {
        let isRequired = metadata.flag("require_pushed_authorization_requests")
        switch configuration.pushedAuthorizationRequests {
        case .always: return true
        case .whenOffered: return isRequired || metadata.names(.pushedAuthorization)
        case .never:
            guard !isRequired else {
                throw TokenError(
                    .configuration,
                    "\(metadata.issuer) requires pushed authorization requests, but pushedAuthorizationRequests is never"
                )
            }
            return false
        }
    }

    /// Sends the parameters of an authorization request to the server.
    ///
    /// - Returns: The parameters that the browser carries instead: `request_uri` (RFC 9126 section 2.2).
    func pushAuthorizationRequest(
        _ parameters: [(name: String, value: String)]
    ) async throws(TokenError) -> [(name: String, value: String)] {
        let request = try request(.pushedAuthorization, parameters, isOneTimeGrant: false)
        let response = try await runtime.post(request).jsonMembers(
            from: "the pushed authorization request endpoint",
            requiring: "request_uri"
        )
        guard let uri = try? response.string("request_uri"), 1...2048 ~= uri.utf8.count,
            uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw TokenError(
                .malformedResponse,
                "the response to the pushed authorization request has no valid request_uri"
            )
        }
        return [("request_uri", uri)]
    }
}
