extension SchemaBuilder {
    static let kinds = [
        "clientCredentials", "authorizationCode", "device", "tokenExchange", "token", "bearer", "basic", "apiKey",
    ]
    static let apiKeyKeys = ["header", "query"]
    static let proofKeys = ["algorithm"]
    /// The keys of every scheme that asks for a token.
    static let tokenKeys = [
        "issuer", "clientID", "clientAuthentication", "scopes", "resource", "audience", "parameters", "dpop",
    ]
    static let clientCredentialsKeys = ["tokenEndpoint", "tokenPerScopes"]
    static let userKeys = ["tokenPerScopes"]
    static let tokenExchangeKeys = ["tokenEndpoint"]
    /// What token requests say by other keys, or by what the runtime knows.
    private static let ownParameters: Set<String> = [
        "grant_type", "client_id", "client_assertion_type", "scope", "resource", "subject_token_type",
    ]
    /// The same of the requests by which a user signs in.
    private static let ownSignInParameters: Set<String> = [
        "code", "code_challenge", "code_challenge_method", "device_code", "dpop_jkt", "nonce", "redirect_uri",
        "request",
        "request_uri", "response_mode", "response_type", "state",
    ]
    /// Names of keys that would hold a secret, folded.
    private static let secrets: Set<String> = [
        "secret", "clientsecret", "password", "privatekey", "clientassertion", "assertion", "refreshtoken",
        "accesstoken", "subjecttoken", "actortoken", "codeverifier", "apikeyvalue",
    ]

    /// Reads `auth` of the client: the schemes, and what an operation needs that says nothing.
    ///
    /// - Returns: nil when there are several schemes and no default.
    func readAuthorization(_ node: SchemaNode?, hasServerIssuers: Bool) -> AuthorizationRequirement? {
        guard let node else { return AuthorizationRequirement.none }
        if case .scalar(let scalar) = node.content {
            guard scalar.text != "none" else { return AuthorizationRequirement.none }
            guard let kind = kind(written: node) else { return AuthorizationRequirement.none }
            schemes = [AuthorizationScheme(kind: kind, location: node.location)]
            return AuthorizationRequirement(alternatives: [.init(schemes: [0])])
        }
        guard let entries = entries(node, of: "'auth'") else { return AuthorizationRequirement.none }
        if let unnamed = entries.first(where: { Self.kinds.contains($0.key.text) }) {
            for entry in entries where entry.key.location != unnamed.key.location {
                error(
                    entry.key.location,
                    "\(quoted(unnamed.key.text)) is a scheme without a name and stands alone; "
                        + "give each scheme a name, as in 'main: { \(unnamed.key.text): … }'"
                )
            }
            let kind = kind(unnamed.key.text, unnamed.value, at: unnamed.key.location, hasServerIssuers)
            if let kind { schemes = [AuthorizationScheme(kind: kind, location: unnamed.key.location)] }
            return kind == nil ? AuthorizationRequirement.none : .init(alternatives: [.init(schemes: [0])])
        }
        return readNamedSchemes(entries, hasServerIssuers)
    }

    private func readNamedSchemes(_ entries: [SchemaNode.Entry], _ hasServerIssuers: Bool) -> AuthorizationRequirement?
    {
        var labels = MemberNames()
        for entry in entries where entry.key.text != "default" {
            let (name, location) = (entry.key.text, entry.key.location)
            guard !reportSecret(name, in: "'auth'", at: location) else { continue }
            guard name != "none", !name.contains(where: \.isWhitespace), let label = SwiftName.member(name) else {
                error(location, "\(quoted(name)) cannot name a scheme")
                continue
            }
            guard label != "server", label != "runtime" else {
                error(
                    location,
                    "every client's initialiser has a \(quoted(label)) already; give the scheme another name"
                )
                continue
            }
            claim(label, for: name, at: location, in: &labels, remedy: "give the scheme another name")
            let kind = kind(ofScheme: entry, hasServerIssuers)
            if case .tokenExchange? = kind {
                let subject = AuthorizationScheme.subjectLabel(label)
                claim(subject, for: name, at: location, in: &labels, remedy: "give the scheme another name")
            }
            guard let kind else {
                // The name stands, so that its uses are not reported as well.
                faultySchemes.insert(schemes.count)
                schemes.append(.init(name: name, swiftName: label, kind: .token, location: location))
                continue
            }
            schemes.append(AuthorizationScheme(name: name, swiftName: label, kind: kind, location: location))
        }
        if let entry = entries.first(where: { $0.key.text == "default" }) { return requirement(entry.value) }
        return schemes.count == 1 ? AuthorizationRequirement(alternatives: [.init(schemes: [0])]) : nil
    }

    /// The value of a named scheme: a mapping of one kind, or the word of a kind without parameters.
    private func kind(ofScheme entry: SchemaNode.Entry, _ hasServerIssuers: Bool) -> AuthorizationScheme.Kind? {
        if case .scalar = entry.value.content { return kind(written: entry.value) }
        let what = "scheme \(quoted(entry.key.text))"
        guard let kinds = entries(entry.value, of: what) else { return nil }
        guard let first = kinds.first, kinds.count == 1 else {
            error(entry.key.location, "\(what) must hold exactly one kind of scheme: \(alternatives(Self.kinds))")
            return nil
        }
        guard !reportSecret(first.key.text, in: what, at: first.key.location) else { return nil }
        return kind(first.key.text, first.value, at: first.key.location, hasServerIssuers)
    }

    /// A kind as a single word: `bearer`.
    private func kind(written node: SchemaNode) -> AuthorizationScheme.Kind? {
        guard let text = text(node, of: "a scheme") else { return nil }
        switch text {
        case "token": return .token
        case "bearer": return .bearer
        case "basic": return .basic
        case _ where Self.kinds.contains(text):
            let parameters = text == "apiKey" ? "{ header: X-API-Key }" : "{ … }"
            error(node.location, "\(quoted(text)) needs parameters: write '\(text): \(parameters)'")
        default:
            let hint = self.suggestion(for: text, among: Self.kinds + ["none"])
            error(node.location, "unknown scheme \(quoted(text))\(hint)")
        }
        return nil
    }

    private func kind(
        _ word: String,
        _ node: SchemaNode,
        at location: SourceLocation,
        _ hasServerIssuers: Bool
    ) -> AuthorizationScheme.Kind? {
        switch word {
        case "clientCredentials":
            return parameters(word, node, hasServerIssuers, extra: Self.clientCredentialsKeys)
                .map { .clientCredentials($0) }
        case "authorizationCode":
            return parameters(word, node, hasServerIssuers, extra: Self.userKeys).map { .authorizationCode($0) }
        case "device":
            return parameters(word, node, hasServerIssuers, extra: Self.userKeys).map { .device($0) }
        case "tokenExchange":
            return parameters(word, node, hasServerIssuers, extra: Self.tokenExchangeKeys).map { .tokenExchange($0) }
        case "token", "bearer", "basic":
            let kind: AuthorizationScheme.Kind = word == "token" ? .token : word == "bearer" ? .bearer : .basic
            if case .scalar(let scalar) = node.content {
                if !scalar.text.isEmpty, scalar.text != "true" {
                    reportLiteralSecret(in: quoted(word), at: node.location)
                }
                return kind
            }
            _ = secretlessMapping(node, of: quoted(word), keys: [])
            return kind
        case "apiKey":
            return apiKey(node).map { .apiKey($0) }
        default:
            let hint = self.suggestion(for: word, among: Self.kinds)
            error(location, "unknown kind of scheme \(quoted(word))\(hint)")
            return nil
        }
    }

    private func apiKey(_ node: SchemaNode) -> AuthorizationScheme.APIKeyPlace? {
        let remedy = "'apiKey' must say where the key goes: '{ header: X-API-Key }' or '{ query: key }'"
        if case .scalar(let scalar) = node.content, scalar.style != .refused, MissingSpace(in: scalar.text) == nil {
            // What stands here may be the key itself, so it is not repeated.
            error(node.location, remedy)
            return nil
        }
        guard let mapping = secretlessMapping(node, of: "'apiKey'", keys: Self.apiKeyKeys) else { return nil }
        switch (mapping["header"], mapping["query"]) {
        case (let header?, nil):
            return text(header, of: "'header'").flatMap { headerName($0, at: header.location) }.map { .header($0) }
        case (nil, let query?):
            return text(query, of: "'query'").map { .query($0) }
        default:
            error(mapping.location, remedy)
            return nil
        }
    }

    // MARK: OAuth

    private func parameters(
        _ kind: String,
        _ node: SchemaNode,
        _ hasServerIssuers: Bool,
        extra: [String]
    ) -> OAuthParameters? {
        let what = quoted(kind)
        let isForUsers = extra == Self.userKeys
        let (node, wasMisunderstood) = isForUsers ? withoutTokenEndpoint(node, of: what) : (node, false)
        guard let mapping = secretlessMapping(node, of: what, keys: Self.tokenKeys + extra) else { return nil }
        var result = OAuthParameters()
        result.issuer = mapping["issuer"].flatMap { url($0, of: "'issuer'") }
        result.tokenEndpoint = mapping["tokenEndpoint"].flatMap { url($0, of: "'tokenEndpoint'") }
        if hasServerIssuers, let own = mapping["issuer"] {
            error(own.location, "every server names its issuer; remove this one, which would be used with all of them")
        }
        if !hasServerIssuers, !wasMisunderstood, mapping.lacks("issuer"), mapping.lacks("tokenEndpoint") {
            let choice = isForUsers ? "'issuer'" : "'issuer' or 'tokenEndpoint'"
            error(mapping.location, "\(what) must name its \(choice)")
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
        for entry in mapping["parameters"].flatMap({ entries($0, of: "'parameters'") }) ?? [] {
            guard !reportSecret(entry.key.text, in: "'parameters'", at: entry.key.location) else { continue }
            let own = isForUsers ? Self.ownParameters.union(Self.ownSignInParameters) : Self.ownParameters
            guard !own.contains(entry.key.text) else {
                error(entry.key.location, "the parameter \(quoted(entry.key.text)) is set by the runtime; leave it out")
                continue
            }
            guard let value = text(entry.value, of: quoted(entry.key.text)) else { continue }
            result.parameters.append(.init(name: entry.key.text, value: value))
        }
        result.tokenPerScopes = mapping["tokenPerScopes"].map { bool($0, of: "'tokenPerScopes'") } ?? false
        result.dpop = mapping["dpop"].flatMap { dpop($0) }
        return result
    }

    /// A scheme of users without the one key of the others that it cannot have.
    private func withoutTokenEndpoint(
        _ node: SchemaNode,
        of what: String
    ) -> (node: SchemaNode, wasMisunderstood: Bool) {
        guard case .mapping(let entries) = node.content,
            let endpoint = entries.first(where: { $0.key.text == "tokenEndpoint" })
        else { return (node, false) }
        error(
            endpoint.key.location,
            "unknown key 'tokenEndpoint' in \(what): signing in takes more endpoints, which the metadata of an 'issuer' names"
        )
        let others = entries.filter { $0.key.text != "tokenEndpoint" }
        return (SchemaNode(content: .mapping(others), location: node.location), true)
    }

    private func dpop(_ node: SchemaNode) -> OAuthParameters.ProofAlgorithm? {
        if case .scalar = node.content { return bool(node, of: "'dpop'") ? .es256 : nil }
        guard let mapping = secretlessMapping(node, of: "'dpop'", keys: Self.proofKeys) else { return nil }
        return mapping["algorithm"].flatMap { word($0, of: "'algorithm'") } ?? .es256
    }

    func scopes(_ node: SchemaNode) -> [String] {
        texts(node, of: "'scopes'").compactMap { text, location in
            if WireSyntax.isScope(text) { return text }
            error(location, "\(quoted(text)) is no scope; several stand in a list: '[read, write]'")
            return nil
        }
    }

    // MARK: Secrets

    /// A mapping of known keys in which a key that would hold a secret has a message of its own.
    private func secretlessMapping(_ node: SchemaNode, of what: String, keys: [String]) -> Mapping? {
        guard let entries = entries(node, of: what) else { return nil }
        let rest = entries.filter {
            keys.contains($0.key.text) || !reportSecret($0.key.text, in: what, at: $0.key.location)
        }
        return mapping(SchemaNode(content: .mapping(rest), location: node.location), of: what, keys: keys)
    }

    private func reportSecret(_ key: String, in what: String, at location: SourceLocation) -> Bool {
        let folded = key.lowercased().filter { $0.isLetter }
        let isValue = ["key", "value"].contains(folded) && what != "'parameters'" && what != "'auth'"
        guard isValue || Self.secrets.contains(folded) else { return false }
        reportLiteralSecret(in: "\(quoted(key)) of \(what)", at: location)
        return true
    }

    private func reportLiteralSecret(in what: String, at location: SourceLocation) {
        error(location, "\(what): a secret never stands in a schema; give it to the client's initialiser")
    }
}
