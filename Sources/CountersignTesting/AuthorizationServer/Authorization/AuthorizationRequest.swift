/// A valid authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707, RFC 9449 section 10, OpenID Connect Core
/// section 3.1.2.1).
struct AuthorizationRequest: Sendable {
    var client: FakeAuthorizationServer.Client
    var target: AuthorizationTarget
    var scopes: Set<String>
    var resources: [String]
    var nonce: String?
    /// The S256 challenge.
    var codeChallenge: String?
    /// `dpop_jkt`.
    var thumbprint: String?
    var prompts: Set<String>
    /// In seconds.
    var maximumAge: Double?
    /// The `acr_values`, in order of preference.
    var contexts: [String]
    /// The `request_uri` of a pushed request.
    var requestURI: String?

    /// Validates the parameters of a request.
    ///
    /// - Parameters:
    ///   - parameters: The parameters as sent or pushed.
    ///   - wasPushed: True for a pushed authorization request.
    ///   - findClient: Returns the client with an ID.
    ///   - configuration: The configuration of the server.
    init(
        _ parameters: FormParameters,
        wasPushed: Bool,
        client findClient: (String) -> FakeAuthorizationServer.Client?,
        configuration: FakeAuthorizationServer.Configuration
    ) throws(AuthorizationErrorResponse) {
        guard let id = parameters.single("client_id"), let client = findClient(id) else {
            throw AuthorizationErrorResponse(error: .invalidRequest("client_id is missing, repeated or unknown"))
        }
        guard let redirectURI = parameters.single("redirect_uri"), client.accepts(redirectURI: redirectURI) else {
            throw AuthorizationErrorResponse(
                error: .invalidRequest("redirect_uri is missing, repeated or not registered for the client")
            )
        }
        let parameters = parameters.withoutEmpty()
        let mode = parameters["response_mode"].map { AuthorizationResponse.ResponseMode(rawValue: $0) } ?? .query
        let target = AuthorizationTarget(
            redirectURI: redirectURI,
            responseMode: mode ?? .query,
            state: parameters.single("state")
        )
        do throws(OAuthErrorResponse) {
            try Self.checkForm(parameters, wasPushed: wasPushed, client: client, configuration: configuration)
            guard mode != nil else { throw .invalidRequest("response_mode is not supported") }
            self.scopes = try ScopeList.read(parameters["scope"], allowed: client.scopes)
            self.resources = try ResourceList.read(parameters, client: client)
            self.codeChallenge = try Self.challenge(in: parameters, client: client, configuration: configuration)
            self.thumbprint = try Self.thumbprint(in: parameters)
            self.prompts = try Self.prompts(in: parameters)
            self.maximumAge = try Self.maximumAge(in: parameters)
        } catch {
            throw AuthorizationErrorResponse(error: error, target: target)
        }
        self.client = client
        self.target = target
        self.nonce = parameters["nonce"]
        self.contexts = parameters["acr_values"]?.split(separator: " ").map(String.init) ?? []
    }

    private static func checkForm(
        _ parameters: FormParameters,
        wasPushed: Bool,
        client: FakeAuthorizationServer.Client,
        configuration: FakeAuthorizationServer.Configuration
    ) throws(OAuthErrorResponse) {
        if let name = parameters.firstRepeated(except: ["resource"]) {
            throw .invalidRequest("\(name) is repeated")
        }
        guard client.grantTypes.contains(.authorizationCode) else {
            throw OAuthErrorResponse(code: "unauthorized_client", description: "the client may not use this grant")
        }
        if !wasPushed,
            configuration.pushedAuthorizationRequests == .required || client.requiresPushedAuthorizationRequests
        {
            throw .invalidRequest("the request must be pushed (RFC 9126)")
        }
        guard parameters["request"] == nil else {
            throw OAuthErrorResponse(code: "request_not_supported", description: "request objects are not supported")
        }
        guard let type = parameters["response_type"] else { throw .invalidRequest("response_type is missing") }
        guard type == "code" else {
            throw OAuthErrorResponse(code: "unsupported_response_type", description: "response_type is not code")
        }
    }

    /// Returns the PKCE challenge (RFC 7636 section 4.3); the method `plain` is not supported.
    private static func challenge(
        in parameters: FormParameters,
        client: FakeAuthorizationServer.Client,
        configuration: FakeAuthorizationServer.Configuration
    ) throws(OAuthErrorResponse) -> String? {
        guard let challenge = parameters["code_challenge"] else {
            let isRequired =
                switch configuration.codeChallenge {
                case .required: true
                case .requiredForPublicClients: client.authentication.method == "none"
                case .optional: false
                }
            if isRequired { throw .invalidRequest("code_challenge is missing (RFC 7636)") }
            guard parameters["code_challenge_method"] == nil else {
                throw .invalidRequest("code_challenge_method is present, but code_challenge is missing")
            }
            return nil
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw .invalidRequest("code_challenge_method is not S256")
        }
        guard Base64URLText.decode(challenge)?.count == 32 else {
            throw .invalidRequest("code_challenge is not a SHA-256 digest in base64url")
        }
        return challenge
    }

    private static func thumbprint(in parameters: FormParameters) throws(OAuthErrorResponse) -> String? {
        guard let thumbprint = parameters["dpop_jkt"] else { return nil }
        guard Base64URLText.decode(thumbprint)?.count == 32 else {
            throw .invalidRequest("dpop_jkt is not a SHA-256 thumbprint")
        }
        return thumbprint
    }

    private static func prompts(in parameters: FormParameters) throws(OAuthErrorResponse) -> Set<String> {
        let prompts = Set(parameters["prompt"]?.split(separator: " ").map(String.init) ?? [])
        guard prompts.isSubset(of: ["none", "login", "consent", "select_account"]) else {
            throw .invalidRequest("prompt contains an unknown value")
        }
        guard !prompts.contains("none") || prompts.count == 1 else {
            throw .invalidRequest("prompt combines none with other values")
        }
        return prompts
    }

    private static func maximumAge(in parameters: FormParameters) throws(OAuthErrorResponse) -> Double? {
        guard let text = parameters["max_age"] else { return nil }
        guard let seconds = UInt32(text) else { throw .invalidRequest("max_age is not a number of seconds") }
        return Double(seconds)
    }
}
