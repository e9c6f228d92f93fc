import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// A pushed authorization request (RFC 9126).
struct PushedRequest: Sendable {
    var parameters: FormParameters
    var expiresAt: Double
}

extension FakeAuthorizationServer {
    private static let requestURIPrefix = "urn:ietf:params:oauth:request_uri:"

    /// Responds to a request to the pushed authorization request endpoint (RFC 9126 section 2).
    func push(_ request: HTTP.Request, form: FormParameters, client: Client) throws(OAuthErrorResponse) -> HTTP.Response
    {
        let configuration = configuration
        guard form["request_uri"] == nil else { throw .invalidRequest("request_uri must not be pushed") }
        var form = form.without(["client_secret", "client_assertion", "client_assertion_type"])
        form.set("client_id", client.id)
        // RFC 9449 section 10.1: a proof in this request is equivalent to dpop_jkt.
        if let thumbprint = try verifyProof(of: request, isRequired: false, configuration: configuration) {
            guard form["dpop_jkt"].map({ $0 == thumbprint }) ?? true else {
                throw OAuthErrorResponse(
                    code: "invalid_dpop_proof",
                    description: "dpop_jkt is not the key of the proof"
                )
            }
            form.set("dpop_jkt", thumbprint)
        }
        do throws(AuthorizationErrorResponse) {
            _ = try authorizationRequest(form, wasPushed: true)
        } catch {
            throw error.error
        }
        let uri = Self.requestURIPrefix + (try randomText())
        let lifetime = configuration.pushedRequestLifetime.clamped
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

    /// Returns the request of a `request_uri`; other parameters than `client_id` are ignored (RFC 9126 section 4).
    func pushedRequest(_ parameters: FormParameters) throws(AuthorizationErrorResponse) -> AuthorizationRequest {
        func error(_ message: String) -> AuthorizationErrorResponse {
            AuthorizationErrorResponse(error: OAuthErrorResponse(code: "invalid_request_uri", description: message))
        }
        guard let uri = parameters.single("request_uri"),
            let pushed = state.withLock({ $0.pushedRequests[uri] })
        else { throw error("the request_uri is unknown or was already used") }
        guard pushed.expiresAt > time() else { throw error("the request_uri expired") }
        guard parameters.single("client_id") == pushed.parameters["client_id"] else {
            throw error("client_id is not the client that pushed the request")
        }
        var request = try authorizationRequest(pushed.parameters, wasPushed: true)
        request.requestURI = uri
        return request
    }
}
