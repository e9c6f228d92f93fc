/// A way to authorize requests.
package struct AuthorizationScheme: Sendable {
    /// The name in the file; nil for a single, unnamed scheme.
    package var name: String?
    /// The label in the generated initializer; nil for an unnamed scheme.
    package var swiftName: String?
    package var kind: Kind
    package var location = SourceLocation.start

    package enum Kind: Equatable, Sendable {
        /// RFC 6749 section 4.4.
        case clientCredentials(OAuthParameters)
        /// RFC 6749 section 4.1, with PKCE.
        case authorizationCode(OAuthParameters)
        /// RFC 8628.
        case device(OAuthParameters)
        /// RFC 8693, on behalf of a subject.
        case tokenExchange(OAuthParameters)
        /// A token source of the app.
        case token
        /// A token that the app supplies (RFC 6750).
        case bearer
        /// RFC 7617.
        case basic
        case apiKey(APIKeyPlace)
    }

    package enum APIKeyPlace: Equatable, Sendable {
        case header(String)
        case query(String)
    }

    /// Returns the label of the initializer's parameter for the source of subject tokens (RFC 8693).
    package static func subjectLabel(_ swiftName: String?) -> String {
        swiftName.map { $0 + "Subject" } ?? "subject"
    }
}

extension AuthorizationScheme.Kind {
    /// The keyword in the schema language.
    var word: String {
        switch self {
        case .clientCredentials: "clientCredentials"
        case .authorizationCode: "authorizationCode"
        case .device: "device"
        case .tokenExchange: "tokenExchange"
        case .token: "token"
        case .bearer: "bearer"
        case .basic: "basic"
        case .apiKey: "apiKey"
        }
    }

    /// Indicates whether the scheme sets the field `Authorization`; an API key has a header or parameter of its own.
    var setsAuthorization: Bool {
        if case .apiKey = self { false } else { true }
    }

    /// Indicates whether the scheme can request scopes.
    var takesScopes: Bool {
        switch self {
        case .clientCredentials, .authorizationCode, .device, .tokenExchange, .token: true
        case .bearer, .basic, .apiKey: false
        }
    }
}
