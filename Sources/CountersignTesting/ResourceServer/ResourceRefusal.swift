import CountersignCrypto
import CountersignHTTP

/// A refusal of a resource server, as a challenge (RFC 6750 section 3, RFC 9449 section 7.1).
struct ResourceRefusal: Error {
    enum Scheme: String {
        case bearer = "Bearer"
        case dpop = "DPoP"
    }

    var status: HTTP.Status = 401
    /// The scheme that the challenge is for; nil challenges with each that the server takes.
    var scheme: Scheme?
    /// Nil when the request had no credentials: then the challenge names no error.
    var code: String?
    var description: String?
    var scopes: Set<String> = []
    var nonce: String?

    static func invalidToken(_ scheme: Scheme, _ description: String) -> ResourceRefusal {
        ResourceRefusal(scheme: scheme, code: "invalid_token", description: description)
    }

    /// The response, with one challenge a field.
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
