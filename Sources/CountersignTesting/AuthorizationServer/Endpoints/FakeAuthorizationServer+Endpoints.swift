import CountersignHTTP

extension FakeAuthorizationServer {
    /// Returns the endpoint of a request, ignoring the query.
    func endpoint(of request: HTTP.Request) -> Endpoint {
        let url = request.url.withoutQuery
        // RFC 8414 section 3.1 inserts the well-known part before the issuer's path, OpenID Connect Discovery after it.
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
            return FakeServerCore.Outcome(response: HTTP.Response(status: 404), message: "the endpoint is off")
        case .token, .revocation, .introspection, .pushedAuthorization, .deviceAuthorization:
            guard request.method == .post else { return wrongMethod(allowed: "POST") }
            do throws(OAuthErrorResponse) {
                return FakeServerCore.Outcome(response: try respondToForm(request, at: endpoint, fault: fault))
            } catch {
                var response = error.response
                announceNonce(in: &response, to: request)
                return FakeServerCore.Outcome(response: response, error: error.code, message: error.description)
            }
        case .unknown:
            return FakeServerCore.Outcome(response: HTTP.Response(status: 404), message: "no such endpoint")
        }
    }

    private func respondToForm(
        _ request: HTTP.Request,
        at endpoint: Endpoint,
        fault: Fault?
    ) throws(OAuthErrorResponse) -> HTTP.Response {
        let form = try Self.form(of: request)
        let client = try authenticateClient(of: request, at: endpoint, form: form)
        return switch endpoint {
        case .revocation: try revoke(form, client: client)
        case .introspection: try introspect(form, client: client)
        case .deviceAuthorization: try authorizeDevice(form: form, client: client)
        case .pushedAuthorization: try push(request, form: form, client: client)
        default: try issueToken(request, form: form, client: client, fault: fault)
        }
    }

    private func wrongMethod(allowed: String) -> FakeServerCore.Outcome {
        FakeServerCore.Outcome(
            response: HTTP.Response(status: 405, fields: ["Allow": allowed]),
            message: "wrong method"
        )
    }

    /// Parses the form in the body strictly (RFC 6749 sections 3.2 and 4, appendix B).
    private static func form(of request: HTTP.Request) throws(OAuthErrorResponse) -> FormParameters {
        guard request.hasForm else {
            throw .invalidRequest("the content type is not application/x-www-form-urlencoded")
        }
        guard request.url.query == nil else { throw .invalidRequest("parameters must not be in the URL") }
        guard let form = FormParameters(in: request) else {
            throw .invalidRequest("the form in the body is malformed")
        }
        if let name = form.firstRepeated(except: ["resource", "audience"]) {
            throw .invalidRequest("\(name) is repeated")
        }
        return form.withoutEmpty()
    }
}
