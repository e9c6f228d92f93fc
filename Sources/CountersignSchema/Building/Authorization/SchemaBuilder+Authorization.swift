extension SchemaBuilder {
    static let kinds = [
        "clientCredentials", "authorizationCode", "device", "tokenExchange", "token", "bearer", "basic", "apiKey",
    ]
    static let apiKeyKeys = ["header", "query"]

    /// Builds the schemes of `auth`, and returns the requirement of an operation without `auth`.
    ///
    /// - Parameter hasServerIssuers: True if each server has its own issuer.
    /// - Returns: nil if there are several schemes and no default.
    func buildAuthorization(_ node: SourceNode?, hasServerIssuers: Bool) -> AuthorizationRequirement? {
        guard let node else { return AuthorizationRequirement.none }
        if case .scalar(let scalar) = node.content {
            guard scalar.text != "none" else { return AuthorizationRequirement.none }
            return requirement(ofUnnamed: kind(ofWord: node), at: node.location)
        }
        guard let entries = entries(node, of: "'auth'") else { return AuthorizationRequirement.none }
        let known = entries.first { Self.kinds.contains($0.key.text) }
        if let unnamed = known ?? (entries.count == 1 ? entries.first.flatMap { corrected($0) } : nil) {
            for entry in entries where entry.key.location != unnamed.key.location {
                error(
                    entry.key.location,
                    "\(quoted(unnamed.key.text)) is an unnamed scheme and must be the only one; "
                        + "give each scheme a name, as in 'main: { \(unnamed.key.text): … }'"
                )
            }
            let kind = kind(of: unnamed, hasServerIssuers: hasServerIssuers)
            return requirement(ofUnnamed: kind, at: unnamed.key.location)
        }
        return buildNamedSchemes(entries, hasServerIssuers: hasServerIssuers)
    }

    /// Declares the only scheme, even if it is invalid, so that operations that use it are not reported too.
    private func requirement(
        ofUnnamed kind: AuthorizationScheme.Kind?,
        at location: SourceLocation
    ) -> AuthorizationRequirement {
        if kind == nil { invalidSchemes.insert(0) }
        schemes = [AuthorizationScheme(kind: kind ?? .token, location: location)]
        return AuthorizationRequirement(alternatives: [.init(schemes: [0])])
    }

    /// Reports a key under `auth` that is a misspelt kind, and not the name of a scheme: its value contains no kind.
    ///
    /// - Returns: The entry with the kind that was probably meant; nil for any other entry.
    private func corrected(_ entry: SourceNode.Entry) -> SourceNode.Entry? {
        func kind(near word: String) -> String? { canSuggest ? NearestWord.to(word, among: Self.kinds) : nil }
        guard let meant = kind(near: entry.key.text) else { return nil }
        switch entry.value.content {
        case .scalar(let scalar):
            if kind(near: scalar.text) != nil { return nil }
        case .mapping(let entries):
            let parameters = Self.tokenKeys + Self.clientCredentialsKeys + Self.apiKeyKeys
            if entries.contains(where: { !parameters.contains($0.key.text) && kind(near: $0.key.text) != nil }) {
                return nil
            }
        case .sequence: break
        }
        error(
            entry.key.location,
            "unknown kind of scheme \(quoted(entry.key.text)); did you mean \(quoted(meant))?"
        )
        let key = SourceNode.Key(text: meant, style: entry.key.style, location: entry.key.location)
        return SourceNode.Entry(key: key, value: entry.value)
    }

    private func buildNamedSchemes(
        _ entries: [SourceNode.Entry],
        hasServerIssuers: Bool
    ) -> AuthorizationRequirement? {
        var labels = MemberNames()
        for entry in entries where entry.key.text != "default" {
            let (name, location) = (entry.key.text, entry.key.location)
            guard !reportSecret(name, in: "'auth'", at: location) else { continue }
            if let entry = corrected(entry) {
                let kind = kind(of: entry, hasServerIssuers: hasServerIssuers) ?? .token
                invalidSchemes.insert(schemes.count)
                schemes.append(.init(name: name, swiftName: SwiftName.member(name), kind: kind, location: location))
                continue
            }
            guard name != "none", !name.contains(where: \.isWhitespace), let label = SwiftName.member(name) else {
                error(location, "\(quoted(name)) is not a valid name of a scheme")
                continue
            }
            guard label != "server", label != "runtime" else {
                error(
                    location,
                    "the client's initializer already has a parameter \(quoted(label)); give the scheme another name"
                )
                continue
            }
            claim(label, for: name, at: location, in: &labels, remedy: "give the scheme another name")
            let kind = kind(ofScheme: entry, hasServerIssuers: hasServerIssuers)
            if case .tokenExchange? = kind {
                let subject = AuthorizationScheme.subjectLabel(label)
                claim(subject, for: name, at: location, in: &labels, remedy: "give the scheme another name")
            }
            guard let kind else {
                // Declare the name anyway, so that operations that use the scheme are not reported too.
                invalidSchemes.insert(schemes.count)
                schemes.append(.init(name: name, swiftName: label, kind: .token, location: location))
                continue
            }
            schemes.append(AuthorizationScheme(name: name, swiftName: label, kind: kind, location: location))
        }
        if let entry = entries.first(where: { $0.key.text == "default" }) { return requirement(entry.value) }
        return schemes.count == 1 ? AuthorizationRequirement(alternatives: [.init(schemes: [0])]) : nil
    }

    /// Builds the value of a named scheme: a mapping with one kind, or the word of a kind without parameters.
    private func kind(ofScheme entry: SourceNode.Entry, hasServerIssuers: Bool) -> AuthorizationScheme.Kind? {
        if case .scalar = entry.value.content { return kind(ofWord: entry.value) }
        let what = "scheme \(quoted(entry.key.text))"
        guard let kinds = entries(entry.value, of: what) else { return nil }
        guard let first = kinds.first, kinds.count == 1 else {
            error(entry.key.location, "\(what) must have exactly one kind: \(alternatives(Self.kinds))")
            return nil
        }
        guard !reportSecret(first.key.text, in: what, at: first.key.location) else { return nil }
        return kind(of: first, hasServerIssuers: hasServerIssuers)
    }

    /// Builds a kind that is written as a single word: `bearer`.
    private func kind(ofWord node: SourceNode) -> AuthorizationScheme.Kind? {
        guard let text = text(node, of: "a scheme") else { return nil }
        switch text {
        case "token": return .token
        case "bearer": return .bearer
        case "basic": return .basic
        case _ where Self.kinds.contains(text):
            let parameters = text == "apiKey" ? "{ header: X-API-Key }" : "{ … }"
            error(node.location, "\(quoted(text)) requires parameters: write '\(text): \(parameters)'")
        default:
            let hint = self.suggestion(for: text, among: Self.kinds + ["none"])
            error(node.location, "unknown scheme \(quoted(text))\(hint)")
        }
        return nil
    }

    private func kind(of entry: SourceNode.Entry, hasServerIssuers: Bool) -> AuthorizationScheme.Kind? {
        func oauth(_ extraKeys: [String]) -> OAuthParameters? {
            oauthParameters(entry, extraKeys: extraKeys, hasServerIssuers: hasServerIssuers)
        }
        let (word, node) = (entry.key.text, entry.value)
        switch word {
        case "clientCredentials": return oauth(Self.clientCredentialsKeys).map { .clientCredentials($0) }
        case "authorizationCode": return oauth(Self.userKeys).map { .authorizationCode($0) }
        case "device": return oauth(Self.userKeys).map { .device($0) }
        case "tokenExchange": return oauth(Self.tokenExchangeKeys).map { .tokenExchange($0) }
        case "token", "bearer", "basic":
            let kind: AuthorizationScheme.Kind = word == "token" ? .token : word == "bearer" ? .bearer : .basic
            if case .scalar(let scalar) = node.content {
                if !scalar.text.isEmpty, scalar.text != "true" {
                    reportLiteralSecret(in: quoted(word), at: node.location)
                }
                return kind
            }
            _ = mappingWithoutSecrets(node, of: quoted(word), keys: [])
            return kind
        case "apiKey":
            return apiKey(node).map { .apiKey($0) }
        default:
            let meant = canSuggest ? NearestWord.to(word, among: Self.kinds) : nil
            let hint = self.suggestion(for: word, among: Self.kinds)
            error(entry.key.location, "unknown kind of scheme \(quoted(word))\(hint)")
            guard let meant else { return nil }
            // Reports the errors in its parameters, too.
            let key = SourceNode.Key(text: meant, style: entry.key.style, location: entry.key.location)
            return kind(of: SourceNode.Entry(key: key, value: node), hasServerIssuers: hasServerIssuers)
        }
    }

    private func apiKey(_ node: SourceNode) -> AuthorizationScheme.APIKeyPlace? {
        let remedy = "'apiKey' must say where to send the key: '{ header: X-API-Key }' or '{ query: key }'"
        if case .scalar(let scalar) = node.content, scalar.style != .invalid, MissingSpace(in: scalar.text) == nil {
            // The text may be the key itself, so the message does not repeat it.
            error(node.location, remedy)
            return nil
        }
        guard let mapping = mappingWithoutSecrets(node, of: "'apiKey'", keys: Self.apiKeyKeys) else { return nil }
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
}
