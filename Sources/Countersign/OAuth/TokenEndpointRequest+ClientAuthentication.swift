import CountersignCrypto
import CountersignHTTP

/// Client authentication at an endpoint (RFC 6749 section 2.3, RFC 7523 section 2.2).
extension TokenEndpointRequest {
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// Adds the authentication of the client to a request, as a header field or as parameters of its form.
    ///
    /// - Parameters:
    ///   - issuer: The issuer of the endpoint, if it is known.
    ///   - time: The time for a client assertion.
    func authenticate(
        _ request: inout HTTP.Request,
        _ parameters: inout [(name: String, value: String)],
        issuer: String?,
        time: AssertionTime
    ) async throws(TokenError) {
        let id = credentials.clientID
        if let assertion {
            return parameters += Self.assertionParameters(id, assertion)
        }
        switch (resolvedAuthentication, credentials.proof) {
        case (.none, _):
            parameters.append(("client_id", id))
        case (.clientSecretBasic, .secret(let secret)):
            let authorization =
                switch credentials.basicEncoding {
                case .formEncoded:
                    try BasicCredentials(
                        user: FormURLEncoded.encode(id),
                        password: SecretValue(FormURLEncoded.encode(secret.reveal()))
                    )
                case .raw: BasicCredentials(user: id, password: secret)
                }
            request.fields.append(name: .authorization, value: try authorization.authorization())
            // A parameter of authorization requests (RFC 9126 section 2.1), and of device authorization requests: RFC 8628
            // section 3.1 requires it unless the client authenticates, but some servers always do.
            if endpoint == .pushedAuthorization || endpoint == .deviceAuthorization {
                parameters.append(("client_id", id))
            }
        case (.clientSecretPost, .secret(let secret)):
            parameters.append(("client_id", id))
            parameters.append(("client_secret", try secret.reveal()))
        case (.clientSecretJWT, .secret), (.privateKeyJWT, .key), (.privateKeyJWT, .provider),
            (.clientSecretJWT, .provider):
            let audience: String =
                switch credentials.assertionAudience {
                case .issuer: issuer ?? request.url.string
                case .tokenEndpoint: request.url.string
                }
            let assertion = try await ClientAssertion.make(
                credentials,
                audience: audience,
                algorithmName: assertionAlgorithm,
                time: time
            )
            parameters += Self.assertionParameters(id, assertion)
        default:
            throw TokenError(
                .configuration,
                "the credentials of client '\(id)' do not match its authentication method \(resolvedAuthentication.rawValue)"
            )
        }
    }

    private static func assertionParameters(_ id: String, _ assertion: String) -> [(name: String, value: String)] {
        [("client_id", id), ("client_assertion_type", assertionType), ("client_assertion", assertion)]
    }
}
