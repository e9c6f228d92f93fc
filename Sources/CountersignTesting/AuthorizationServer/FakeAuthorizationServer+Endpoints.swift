import CountersignCrypto
import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// Which endpoint a request is for; the query does not matter.
    func endpoint(of request: HTTPRequest) -> Endpoint {
        let url = request.url.withoutQuery
        // RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery behind it.
        let path = issuer.dropFirst(origin.description.count)
        if url == "\(origin)/.well-known/oauth-authorization-server\(path)" { return .metadata }
        return [.metadata, .jwks, .token, .revocation, .introspection].first { self.url(of: $0) == url } ?? .unknown
    }

    func respond(to request: HTTPRequest, at endpoint: Endpoint) -> FakeFront.Outcome {
        switch endpoint {
        case .metadata, .jwks:
            guard request.method == .get || request.method == .head else { return wrongMethod(allowed: "GET, HEAD") }
            return FakeFront.Outcome(response: .json(value: endpoint == .jwks ? keySet : metadata))
        case .token, .revocation, .introspection:
            guard request.method == .post else { return wrongMethod(allowed: "POST") }
            do throws(OAuthRefusal) {
                return FakeFront.Outcome(response: try respondToForm(request, at: endpoint))
            } catch {
                var response = error.response
                announceNonce(in: &response, to: request)
                return FakeFront.Outcome(response: response, error: error.code, reason: error.description)
            }
        case .unknown:
            return FakeFront.Outcome(response: HTTPResponse(status: 404), reason: "no such endpoint")
        }
    }

    private func respondToForm(_ request: HTTPRequest, at endpoint: Endpoint) throws(OAuthRefusal) -> HTTPResponse {
        let form = try Self.form(of: request)
        let client = try authenticateClient(of: request, form: form)
        return switch endpoint {
        case .revocation: try revoke(form, client: client)
        case .introspection: try introspect(form, client: client)
        default: try issueToken(request, form: form, client: client)
        }
    }

    private func wrongMethod(allowed: String) -> FakeFront.Outcome {
        FakeFront.Outcome(response: HTTPResponse(status: 405, fields: ["Allow": allowed]), reason: "wrong method")
    }

    /// The parameters of the body, strictly read (RFC 6749 sections 3.2 and 4, appendix B).
    private static func form(of request: HTTPRequest) throws(OAuthRefusal) -> FormParameters {
        let mediaType = request.fields[.contentType]?.split(separator: ";").first?.lowercased()
        guard mediaType?.filter({ $0 != " " }) == "application/x-www-form-urlencoded" else {
            throw .invalidRequest("the content type is not application/x-www-form-urlencoded")
        }
        guard request.url.query == nil else { throw .invalidRequest("parameters must not stand in the URL") }
        guard let form = FormParameters(request.body?.bytes ?? []) else {
            throw .invalidRequest("the body is not a form")
        }
        let repeatable: Set<String> = ["resource", "audience"]
        for name in Set(form.names).subtracting(repeatable).sorted() where form.values(for: name).count > 1 {
            throw .invalidRequest("\(name) stands more than once")
        }
        return form.withoutEmpty()
    }

    // MARK: Metadata (RFC 8414, OpenID Connect Discovery)

    private var metadata: JSONValue {
        let configuration = configuration
        let clients = state.withLock { Array($0.clients.values) }
        let methods = Set(clients.map(\.authentication.method)).sorted().map(JSONValue.string)
        let grants = clients.reduce(into: Set<String>()) { $0.formUnion($1.grantTypes) }.sorted()
        let scopes = clients.reduce(into: Set<String>()) { $0.formUnion($1.scopes) }.sorted()
        let proofAlgorithms = configuration.proofAlgorithms.map(\.rawValue).sorted()
        var members: [String: JSONValue] = [
            "issuer": .string(issuer),
            "token_endpoint": .string(url(of: .token)),
            "jwks_uri": .string(url(of: .jwks)),
            "revocation_endpoint": .string(url(of: .revocation)),
            "introspection_endpoint": .string(url(of: .introspection)),
            "grant_types_supported": .array(grants.map(JSONValue.string)),
            "scopes_supported": .array(scopes.map(JSONValue.string)),
            "response_types_supported": .array([]),
            "token_endpoint_auth_methods_supported": .array(methods),
            "token_endpoint_auth_signing_alg_values_supported": .array(
                (["HS256"] + SignatureAlgorithm.allCases.map(\.rawValue)).map(JSONValue.string)
            ),
            "dpop_signing_alg_values_supported": .array(proofAlgorithms.map(JSONValue.string)),
        ]
        members.merge(configuration.metadata) { $1 }
        return .object(members.filter { $0.value != .null })
    }

    private var keySet: JSONValue {
        guard let signingKey else { return ["keys": []] }
        var members = PublicKey(of: signingKey, keyID: Self.keyID).members
        members["alg"] = .string(signingKey.algorithm.rawValue)
        members["use"] = "sig"
        return .object(["keys": .array([.object(members)])])
    }

    static let keyID = "1"
}
