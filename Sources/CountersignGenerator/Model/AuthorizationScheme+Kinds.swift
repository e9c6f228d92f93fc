package import CountersignSchema

extension AuthorizationScheme {
    /// The OAuth parameters; nil for schemes that request no tokens.
    var oauth: OAuthParameters? {
        switch kind {
        case .clientCredentials(let parameters), .authorizationCode(let parameters), .device(let parameters),
            .tokenExchange(let parameters):
            parameters
        case .token, .bearer, .basic, .apiKey: nil
        }
    }

    /// Indicates whether the scheme uses the session of a signed-in user.
    package var isForUsers: Bool {
        switch kind {
        case .authorizationCode, .device: true
        case .clientCredentials, .tokenExchange, .token, .bearer, .basic, .apiKey: false
        }
    }

    /// Indicates whether the runtime manages tokens for the scheme.
    var hasTokens: Bool {
        switch kind {
        case .clientCredentials, .authorizationCode, .device, .tokenExchange, .token: true
        case .bearer, .basic, .apiKey: false
        }
    }
}
