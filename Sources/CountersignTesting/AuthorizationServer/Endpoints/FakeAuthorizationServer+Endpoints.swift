import CountersignHTTP

extension FakeAuthorizationServer {
    /// Which endpoint a request is for; the query does not matter.
    func endpoint(of request: HTTP.Request) -> Endpoint {
        let url = request.url.withoutQuery
        // RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery behind it.
        let path = issuer.dropFirst(origin.description.count)
        if url == "\(origin)/.well-known/oauth-authorization-server\(path)" { return .metadata }
        return Endpoint.allCases.first { $0 != .unknown && self.url(of: $0) == url } ?? .unknown
    }

    func respond(to request: HTTP.Request, at endpoint: Endpoint, fault: Fault?) -> FakeServerCore.Outcome {
        switch endpoint {
        case .metadata, .jwks:
            guard request.method == .get || request.method == .head else { return wrongMethod(allowed: "GET, HEAD") }
            return FakeServerCore.Outcome(response: .json(value: endpoint == .jwks ? keySet : metadata))
        case .authorization, .deviceVerification, .userinfo, .endSession:
            guard request.method == .get || request.method == .post else { return wrongMethod(allowed: "GET, POST") }
            return switch endpoint {
            case .authorization: signInPage(request)
            case .deviceVerification: devicePage(request)
            case .endSession: endSession(request)
            default: userinfo(request)
            }
        case .pushedAuthorization where configuration.pushedAuthorizationRequests == .none:
            return FakeServerCore.Outcome(response: HTTP.Response(status: 404), reason: "requests cannot be pushed here")
        case .token, .revocation, .introspection, .pushedAuthorization, .deviceAuthorization:
            guard request.method == .post else { return wrongMethod(allowed: "POST") }
            do throws(OAuthRefusal) {
                return FakeServerCore.Outcome(response: try respondToForm(request, at: endpoint, fault: fault))
            } catch {
                var response = error.response
                announceNonce(in: &response, to: request)
                return FakeServerCore.Outcome(response: response, error: error.code, reason: error.description)
            }
        case .unknown:
            return FakeServerCore.Outcome(response: HTTP.Response(status: 404), reason: "no such endpoint")
        }
    }

    private func respondToForm(
        _ request: HTTP.Request,
        at endpoint: Endpoint,
        fault: Fault?
    ) throws(OAuthRefusal) -> HTTP.Response {
        let form = try Self.form(of: request)
        let client = try authenticateClient(of: request, form: form)
        return switch endpoint {
        case .revocation: try revoke(form, client: client)
        case .introspection: try introspect(form, client: client)
        case .deviceAuthorization: try authorizeDevice(form: form, client: client)
        case .pushedAuthorization: try push(request, form: form, client: client)
        default: try issueToken(request, form: form, client: client, fault: fault)
        }
    }

    private func wrongMethod(allowed: String) -> FakeServerCore.Outcome {
        FakeServerCore.Outcome(response: HTTP.Response(status: 405, fields: ["Allow": allowed]), reason: "wrong method")
    }

    /// The parameters of the body, strictly read (RFC 6749 sections 3.2 and 4, appendix B).
    private static func form(of request: HTTP.Request) throws(OAuthRefusal) -> FormParameters {
        guard request.hasForm else {
            throw .invalidRequest("the content type is not application/x-www-form-urlencoded")
        }
        guard request.url.query == nil else { throw .invalidRequest("parameters must not stand in the URL") }
        guard let form = FormParameters(in: request) else {
            throw .invalidRequest("the body is not a form")
        }
        if let name = form.firstRepeated(except: ["resource", "audience"]) {
            throw .invalidRequest("\(name) stands more than once")
        }
        return form.withoutEmpty()
    }
}
