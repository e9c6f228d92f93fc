/// The client and the authorization server that an event about tokens names.
package struct TokenSubject: Sendable {
    /// The client identifier, which is not a secret (RFC 6749 section 2.2).
    package let clientID: String
    /// The issuer; nil if the token endpoint is configured instead, or the issuer is invalid.
    package let issuer: String?
    /// The origin of the issuer or of the token endpoint.
    let server: HTTP.Origin?

    package init(clientID: String, at server: AuthorizationServer) {
        self.clientID = clientID
        switch server {
        case .issuer(let trusted):
            let text = trusted.name
            let url = try? HTTP.URL(text)
            // Only a valid issuer is reported: a URL with a query or with user information may contain a secret.
            issuer = url?.query == nil && url != nil && !text.utf8.contains(UInt8(ascii: "#")) ? text : nil
            self.server = url?.origin
        case .tokenEndpoint(let text):
            issuer = nil
            self.server = (try? HTTP.URL(text))?.origin
        }
    }

    init(_ request: TokenEndpointRequest) {
        self.init(clientID: request.credentials.clientID, at: request.server)
    }
}
