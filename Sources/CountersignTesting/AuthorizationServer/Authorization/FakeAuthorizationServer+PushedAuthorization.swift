import Countersign
import CountersignHTTP
import CountersignJSON

/// A request that was pushed (RFC 9126).
struct PushedRequest: Sendable {
    var parameters: FormParameters
    var expiresAt: Double
}

extension FakeAuthorizationServer {
    private static let requestURIPrefix = "urn:ietf:params:oauth:request_uri:"

    /// The pushed authorization request endpoint (RFC 9126 section 2).
    func push(_ request: HTTP.Request, form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTP.Response {
        let configuration = configuration
        guard form["request_uri"] == nil else { throw .invalidRequest("request_uri must not be pushed") }
        var form = form.without(["client_secret", "client_assertion", "client_assertion_type"])
        form.set("client_id", client.id)
        // RFC 9449 section 10.1: a proof here does what dpop_jkt does.
        if let thumbprint = try verifyProof(of: request, isRequired: false, configuration: configuration) {
            guard form["dpop_jkt"].map({ $0 == thumbprint }) ?? true else {
                throw OAuthRefusal(code: "invalid_dpop_proof", description: "the proof is not by the key of dpop_jkt")
            }
            form.set("dpop_jkt", thumbprint)
        }
        do throws(AuthorizationRefusal) {
            _ = try authorizationRequest(form, wasPushed: true)
        } catch {
            throw error.refusal
        }
        let uri = Self.requestURIPrefix + (try randomText())
        let lifetime = configuration.pushedRequestLifetime
        let pushed = PushedRequest(parameters: form, expiresAt: time() + lifetime.seconds)
        state.withLock { $0.pushedRequests[uri] = pushed }
        var response = HTTP.Response.json(
            value: ["request_uri": .string(uri), "expires_in": .int(lifetime.components.seconds)],
            status: 201
        )
        response.fields.append(name: .cacheControl, value: "no-store")
        announceNonce(in: &response, to: request)
        return response
    }

    /// The request behind `request_uri`; other parameters beside it do not count (RFC 9126 section 4).
    func pushedRequest(_ parameters: FormParameters) throws(AuthorizationRefusal) -> AuthorizationRequest {
        func refuse(_ reason: String) -> AuthorizationRefusal {
            AuthorizationRefusal(refusal: OAuthRefusal(code: "invalid_request_uri", description: reason))
        }
        guard let uri = parameters.single("request_uri"),
            let pushed = state.withLock({ $0.pushedRequests[uri] })
        else { throw refuse("the request_uri is not known, or was used") }
        guard pushed.expiresAt > time() else { throw refuse("the request_uri has expired") }
        guard parameters.single("client_id") == pushed.parameters["client_id"] else {
            throw refuse("client_id is not the client that has pushed the request")
        }
        var request = try authorizationRequest(pushed.parameters, wasPushed: true)
        request.requestURI = uri
        return request
    }
}
