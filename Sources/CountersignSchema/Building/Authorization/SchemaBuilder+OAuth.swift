extension SchemaBuilder {
    /// The keys of every scheme that requests tokens.
    static let tokenKeys = [
        "issuer", "endpointOrigins", "clientID", "clientAuthentication", "scopes", "resource", "audience", "parameters",
        "dpop",
    ]
    static let clientCredentialsKeys = ["tokenEndpoint", "tokenPerScopes"]
    static let userKeys = ["tokenPerScopes", "prompt"]
    static let tokenExchangeKeys = ["tokenEndpoint"]
    static let proofKeys = ["algorithm"]

    private static let tokenEndpointKeys = ["tokenEndpoint", "token_endpoint"]

    /// The parameters of token requests that the runtime sets.
    private static let runtimeParameters: Set<String> = [
        "grant_type", "client_id", "client_assertion_type", "scope", "resource", "subject_token_type",
    ]
    /// The parameters of sign-in requests that the runtime sets.
    private static let runtimeSignInParameters: Set<String> = [
        "code", "code_challenge", "code_challenge_method", "device_code", "dpop_jkt", "nonce", "redirect_uri",
        "request", "request_uri", "response_mode", "response_type", "state",
    ]

    /// Builds the parameters of an OAuth scheme.
    ///
    /// - Parameters:
    ///   - entry: The kind of the scheme and its parameters.
    ///   - extraKeys: The keys of this kind beyond those of every scheme that requests tokens.
    func oauthParameters(
        _ entry: SourceNode.Entry,
        extraKeys: [String],
        hasServerIssuers: Bool
    ) -> OAuthParameters? {
        let what = quoted(entry.key.text)
        let isForUsers = extraKeys == Self.userKeys
        let (node, hadTokenEndpoint) =
            isForUsers ? withoutTokenEndpoint(entry.value, of: what) : (entry.value, false)
        guard let mapping = mappingWithoutSecrets(node, of: what, keys: Self.tokenKeys + extraKeys) else { return nil }
        var result = OAuthParameters()
        result.issuer = mapping["issuer"].flatMap { url($0, of: "'issuer'") }
        result.tokenEndpoint = mapping["tokenEndpoint"].flatMap { url($0, of: "'tokenEndpoint'") }
        if hasServerIssuers, let own = mapping["issuer"] {
            error(own.location, "each server has its own issuer; remove this one, which would apply to all of them")
        }
        if !hasServerIssuers, !hadTokenEndpoint, mapping.lacks("issuer"), mapping.lacks("tokenEndpoint") {
            let choice = isForUsers ? "an 'issuer'" : "an 'issuer' or a 'tokenEndpoint'"
            error(mapping.location, "\(what) requires \(choice)")
        }
        if !hasServerIssuers, let issuer = mapping.entry("issuer"), mapping.contains("tokenEndpoint") {
            diagnostics.warning(
                issuer.key.location,
                "'issuer' has no effect beside 'tokenEndpoint', to which all token requests are sent; remove one of them"
            )
        }
        for (text, location) in texts(mapping["endpointOrigins"], of: "'endpointOrigins'") {
            if let problem = EndpointURL.problem(withOrigin: text) {
                error(location, "'endpointOrigins' \(problem)")
            } else {
                result.endpointOrigins.append(text.lowercased())
            }
        }
        if let node = mapping["endpointOrigins"], mapping["tokenEndpoint"] != nil {
            error(node.location, "'endpointOrigins' applies to the metadata of an 'issuer'; remove it")
        }
        result.clientID = mapping["clientID"].flatMap { text($0, of: "'clientID'") }
        if let node = mapping["clientAuthentication"] {
            result.clientAuthentication = word(node, of: "'clientAuthentication'")
        }
        result.scopes = mapping["scopes"].map { scopes($0) } ?? []
        for (text, location) in texts(mapping["resource"], of: "'resource'") {
            if text.contains(":"), !text.contains("#"), !text.contains(where: \.isWhitespace) {
                result.resources.append(text)
            } else {
                error(location, "'resource' must be an absolute URI without a fragment, not \(quoted(text))")
            }
        }
        result.audience = mapping["audience"].flatMap { text($0, of: "'audience'") }
        result.prompt = mapping["prompt"].map { prompt($0) } ?? []
        result.parameters = mapping["parameters"].map { extraParameters($0, isForUsers: isForUsers) } ?? []
        result.tokenPerScopes = mapping["tokenPerScopes"].map { bool($0, of: "'tokenPerScopes'") } ?? false
        result.dpop = mapping["dpop"].flatMap { dpop($0) }
        return result
    }

    private func prompt(_ node: SourceNode) -> [String] {
        texts(node, of: "'prompt'").compactMap { text, location in
            if WireSyntax.isScope(text) { return text }
            error(location, "\(quoted(text)) is not a valid prompt; write several as a list: '[login, consent]'")
            return nil
        }
    }

    private func extraParameters(_ node: SourceNode, isForUsers: Bool) -> [OAuthParameters.Parameter] {
        var reserved = Self.runtimeParameters
        if isForUsers { reserved.formUnion(Self.runtimeSignInParameters) }
        return (entries(node, of: "'parameters'") ?? []).compactMap { entry in
            guard !reportSecret(entry.key.text, in: "'parameters'", at: entry.key.location) else { return nil }
            if isForUsers, entry.key.text == "prompt" {
                error(entry.key.location, "'prompt' is not one of the 'parameters'; write it beside 'scopes'")
                return nil
            }
            guard !reserved.contains(entry.key.text) else {
                error(entry.key.location, "the parameter \(quoted(entry.key.text)) is set by the runtime; remove it")
                return nil
            }
            return text(entry.value, of: quoted(entry.key.text)).map { .init(name: entry.key.text, value: $0) }
        }
    }

    /// Removes `tokenEndpoint` from a scheme of users, and reports it with the reason why it is not allowed there.
    private func withoutTokenEndpoint(
        _ node: SourceNode,
        of what: String
    ) -> (node: SourceNode, hadTokenEndpoint: Bool) {
        guard case .mapping(let entries) = node.content,
            let endpoint = entries.first(where: { Self.tokenEndpointKeys.contains($0.key.text) })
        else { return (node, false) }
        error(
            endpoint.key.location,
            "unknown key \(quoted(endpoint.key.text)) in \(what); sign-in needs several endpoints: write 'issuer', whose metadata "
                + "lists them"
        )
        let others = entries.filter { !Self.tokenEndpointKeys.contains($0.key.text) }
        return (SourceNode(content: .mapping(others), location: node.location), true)
    }

    private func dpop(_ node: SourceNode) -> OAuthParameters.ProofAlgorithm? {
        if case .scalar = node.content { return bool(node, of: "'dpop'") ? .es256 : nil }
        guard let mapping = mappingWithoutSecrets(node, of: "'dpop'", keys: Self.proofKeys) else { return nil }
        return mapping["algorithm"].flatMap { word($0, of: "'algorithm'") } ?? .es256
    }

    func scopes(_ node: SourceNode) -> [String] {
        texts(node, of: "'scopes'").compactMap { text, location in
            if WireSyntax.isScope(text) { return text }
            error(location, "\(quoted(text)) is not a valid scope; write several as a list: '[read, write]'")
            return nil
        }
    }
}
