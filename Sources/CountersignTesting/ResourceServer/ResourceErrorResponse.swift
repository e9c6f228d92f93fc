import CountersignCrypto
import CountersignHTTP

/// An error response of a protected resource, with its challenge (RFC 6750 section 3, RFC 9449 section 7.1).
struct ResourceErrorResponse: Error {
    enum Scheme: String {
        case bearer = "Bearer"
        case dpop = "DPoP"
    }

    var status: HTTP.Status = 401
    /// The scheme of the challenge; nil sends a challenge for each scheme that the server accepts.
    var scheme: Scheme?
    /// The `error` of the challenge; nil for a request without credentials.
    var code: String?
    var description: String?
    var scopes: Set<String> = []
    var nonce: String?

    static func invalidToken(_ scheme: Scheme, _ description: String) -> ResourceErrorResponse {
        ResourceErrorResponse(scheme: scheme, code: "invalid_token", description: description)
    }

    /// Returns the response, with one challenge per header field.
    func response(configuration: FakeResourceServer.Configuration) -> HTTP.Response {
        var response = HTTP.Response(status: status)
        if let nonce { response.fields.append(name: .dpopNonce, value: nonce) }
        let schemes: [Scheme] =
            switch configuration.challenges {
            case .none: []
            case .bearerOnly: [.bearer]
            case .standard:
                scheme.map { [$0] }
                    ?? (configuration.acceptsDPoP ? [.dpop] : []) + (configuration.acceptsBearer ? [.bearer] : [])
            }
        for scheme in schemes {
            response.fields.append(name: .wwwAuthenticate, value: challenge(scheme, configuration: configuration))
        }
        return response
    }

    private func challenge(_ scheme: Scheme, configuration: FakeResourceServer.Configuration) -> String {
        var parameters: [(String, String)] = []
        if let code { parameters.append(("error", code)) }
        if let description { parameters.append(("error_description", description.asErrorDescription)) }
        if !scopes.isEmpty { parameters.append(("scope", scopes.sorted().joined(separator: " "))) }
        if scheme == .dpop {
            let algorithms = configuration.proofAlgorithms.map(\.rawValue).sorted()
            parameters.append(("algs", algorithms.joined(separator: " ")))
        }
        let text = parameters.map { "\($0)=\"\($1)\"" }.joined(separator: ", ")
        return text.isEmpty ? scheme.rawValue : scheme.rawValue + " " + text
    }
}
