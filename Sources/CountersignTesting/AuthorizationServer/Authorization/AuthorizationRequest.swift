/// An authorization request in which everything is allowed (RFC 6749 section 4.1.1, RFC 7636, RFC 8707, RFC 9449
/// section 10, OpenID Connect Core section 3.1.2.1).
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
    /// The `acr_values`, the preferred first.
    var contexts: [String]
    /// The `request_uri` that it was pushed as.
    var requestURI: String?

    /// Checks the parameters of a request.
    ///
    /// - Parameters:
    ///   - parameters: as they were sent or pushed.
    ///   - wasPushed: whether they came through the pushed authorization request endpoint.
    init(
        _ parameters: FormParameters,
        wasPushed: Bool,
        client findClient: (String) -> FakeAuthorizationServer.Client?,
        configuration: FakeAuthorizationServer.Configuration
    ) throws(AuthorizationRefusal) {
        guard let id = parameters.single("client_id"), let client = findClient(id) else {
            throw AuthorizationRefusal(refusal: .invalidRequest("client_id is missing, repeated or not known"))
        }
        guard let redirectURI = parameters.single("redirect_uri"), client.accepts(redirectURI: redirectURI) else {
            throw AuthorizationRefusal(refusal: .invalidRequest("redirect_uri is not one that the client registered"))
        }
        let parameters = parameters.withoutEmpty()
        let mode = parameters["response_mode"].map { AuthorizationResponse.ResponseMode(rawValue: $0) } ?? .query
        let target = AuthorizationTarget(
            redirectURI: redirectURI,
            responseMode: mode ?? .query,
            state: parameters.single("state")
        )
        do throws(OAuthRefusal) {
            try Self.checkForm(parameters, wasPushed: wasPushed, client: client, configuration: configuration)
            guard mode != nil else { throw .invalidRequest("response_mode is not known") }
            self.scopes = try ScopeList.read(parameters["scope"], allowed: client.scopes)
            self.resources = try ResourceList.read(parameters, client: client)
            self.codeChallenge = try Self.challenge(in: parameters, client: client, configuration: configuration)
            self.thumbprint = try Self.thumbprint(in: parameters)
            self.prompts = try Self.prompts(in: parameters)
            self.maximumAge = try Self.maximumAge(in: parameters)
        } catch {
            throw AuthorizationRefusal(refusal: error, target: target)
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
    ) throws(OAuthRefusal) {
        if let name = parameters.firstRepeated(except: ["resource"]) {
            throw .invalidRequest("\(name) stands more than once")
        }
        guard client.grantTypes.contains(.authorizationCode) else {
            throw OAuthRefusal(code: "unauthorized_client", description: "the client may not use this grant")
        }
        if !wasPushed,
            configuration.pushedAuthorizationRequests == .required || client.requiresPushedAuthorizationRequests
        {
            throw .invalidRequest("the request must be pushed first (RFC 9126)")
        }
        guard parameters["request"] == nil else {
            throw OAuthRefusal(code: "request_not_supported", description: "request objects are not taken")
        }
        guard let type = parameters["response_type"] else { throw .invalidRequest("response_type is missing") }
        guard type == "code" else {
            throw OAuthRefusal(code: "unsupported_response_type", description: "response_type is not code")
        }
    }

    /// RFC 7636 section 4.3; `plain` is never taken.
    private static func challenge(
        in parameters: FormParameters,
        client: FakeAuthorizationServer.Client,
        configuration: FakeAuthorizationServer.Configuration
    ) throws(OAuthRefusal) -> String? {
        guard let challenge = parameters["code_challenge"] else {
            let isRequired =
                switch configuration.codeChallenge {
                case .required: true
                case .requiredForPublicClients: client.authentication.method == "none"
                case .optional: false
                }
            if isRequired { throw .invalidRequest("code_challenge is missing (RFC 7636)") }
            guard parameters["code_challenge_method"] == nil else {
                throw .invalidRequest("code_challenge_method stands without code_challenge")
            }
            return nil
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw .invalidRequest("code_challenge_method is not S256")
        }
        guard Base64URLText.decode(challenge)?.count == 32 else {
            throw .invalidRequest("code_challenge is not the base64url text of a SHA-256 digest")
        }
        return challenge
    }

    private static func thumbprint(in parameters: FormParameters) throws(OAuthRefusal) -> String? {
        guard let thumbprint = parameters["dpop_jkt"] else { return nil }
        guard Base64URLText.decode(thumbprint)?.count == 32 else {
            throw .invalidRequest("dpop_jkt is not a SHA-256 thumbprint")
        }
        return thumbprint
    }

    private static func prompts(in parameters: FormParameters) throws(OAuthRefusal) -> Set<String> {
        let prompts = Set(parameters["prompt"]?.split(separator: " ").map(String.init) ?? [])
        guard prompts.isSubset(of: ["none", "login", "consent", "select_account"]) else {
            throw .invalidRequest("prompt holds a value that is not known")
        }
        guard !prompts.contains("none") || prompts.count == 1 else {
            throw .invalidRequest("prompt holds none beside other values")
        }
        return prompts
    }

    private static func maximumAge(in parameters: FormParameters) throws(OAuthRefusal) -> Double? {
        guard let text = parameters["max_age"] else { return nil }
        guard let seconds = UInt32(text) else { throw .invalidRequest("max_age is not a number of seconds") }
        return Double(seconds)
    }
}
