@_spi(Generated) import CountersignJSON

/// The registered token type identifiers (RFC 8693 section 3).
enum TokenTypeURI: String {
    case accessToken = "urn:ietf:params:oauth:token-type:access_token"
    case idToken = "urn:ietf:params:oauth:token-type:id_token"
    case jwt = "urn:ietf:params:oauth:token-type:jwt"
}

extension FakeAuthorizationServer {
    /// Returns the grant of a token exchange (RFC 8693 section 2.1), with the client's own scopes.
    func exchangeGrant(_ form: FormParameters, client: Client) throws(OAuthErrorResponse) -> TokenGrant {
        guard let subject = try subject(of: "subject_token", in: form) else {
            throw .invalidRequest("subject_token is missing")
        }
        if let requested = form["requested_token_type"] {
            switch TokenTypeURI(rawValue: requested) {
            case .accessToken: break
            case .jwt where configuration.tokenFormat == .jwt: break
            default: throw .invalidRequest("requested_token_type is not supported")
            }
        }
        return TokenGrant(
            type: .tokenExchange,
            subject: subject,
            scopes: client.scopes,
            actor: try self.subject(of: "actor_token", in: form)
        )
    }

    /// Returns the subject of a token in the request; nil without that token.
    private func subject(of name: String, in form: FormParameters) throws(OAuthErrorResponse) -> String? {
        let type = form[name + "_type"]
        guard let value = form[name] else {
            if type != nil { throw .invalidRequest("\(name)_type is present, but \(name) is missing") }
            return nil
        }
        guard let type else { throw .invalidRequest("\(name)_type is missing") }
        switch TokenTypeURI(rawValue: type) {
        case .accessToken, .jwt:
            guard let token = token(value), isActive(token) else {
                throw .invalidRequest("\(name) is not an active token of this server")
            }
            return token.subject
        case .idToken:
            guard let token = ownToken(value), token.header["typ"] == "JWT", let subject = token.claims["sub"]?.string,
                let expiry = token.claims["exp"]?.seconds, expiry > time()
            else { throw .invalidRequest("\(name) is not an ID token of this server, or expired") }
            return subject
        case nil:
            throw .invalidRequest("\(name)_type is not supported")
        }
    }
}
