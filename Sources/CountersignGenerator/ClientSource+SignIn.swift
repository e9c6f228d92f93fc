package import CountersignSchema

/// How users sign in for the client: what the schema says of it, so that no program writes it again.
extension ClientSource {
    mutating func writeSignIns() {
        for (index, scheme) in schema.schemes.enumerated() where scheme.isForUsers {
            guard let oauth = scheme.oauth else { continue }
            let name = scheme.swiftName.map { $0 + "SignIn" } ?? "signIn"
            let type = spelling.oidc("SignInConfiguration")
            source.blankLine()
            if schema.serversHaveIssuers {
                let servers: [Schema.Server] = if case .named(let servers) = schema.servers { servers } else { [] }
                let first = SwiftIdentifier(servers.first?.swiftName ?? "").member
                source.documentation("How users sign in at the authorization server of `server`.")
                source.open("\(access)static func \(name)(at server: Server = .\(first)) -> \(type) {")
                source.lay("", .call(type, signIn(index, oauth, issuer: "server.issuer")))
                source.close()
            } else {
                let issuer = oauth.issuer ?? ""
                source.documentation("How users sign in at `\(issuer)`.")
                let arguments = signIn(index, oauth, issuer: SwiftLiteral.string(issuer))
                source.lay("\(access)static let \(name) = ", .call(type, arguments))
            }
        }
    }

    private func signIn(_ scheme: Int, _ oauth: OAuthParameters, issuer: String) -> [Layout] {
        var arguments: [Layout] = [.labelled("issuer", text: issuer)]
        if let clientID = oauth.clientID {
            arguments.append(.labelled("clientID", text: SwiftLiteral.string(clientID)))
        }
        if let authentication = oauth.clientAuthentication {
            // The parameter is optional, and `.none` alone would mean that nothing is said.
            let type = authentication == .unauthenticated ? spelling.runtime("ClientAuthentication") : ""
            arguments.append(.labelled("clientAuthentication", text: type + Self.literal(authentication)))
        }
        let scopes = schema.signInScopes(of: scheme, oauth)
        if !scopes.isEmpty { arguments.append(.labelled("scopes", Self.strings(scopes))) }
        if !oauth.resources.isEmpty { arguments.append(.labelled("resources", Self.strings(oauth.resources))) }
        if let algorithm = oauth.dpop { arguments.append(.labelled("dpop", text: ".\(algorithm)")) }
        if !oauth.parameters.isEmpty { arguments.append(.labelled("parameters", Self.dictionary(oauth.parameters))) }
        if let audience = oauth.audience {
            arguments.append(.labelled("audience", text: SwiftLiteral.string(audience)))
        }
        return arguments
    }
}

extension AuthorizationScheme {
    /// Whether a user signs in for it.
    package var isForUsers: Bool {
        switch kind {
        case .authorizationCode, .device: true
        case .clientCredentials, .tokenExchange, .token, .bearer, .basic, .apiKey: false
        }
    }
}

extension Schema {
    /// What a user is asked for: what the scheme lists, then what operations need besides.
    package func signInScopes(of scheme: Int, _ oauth: OAuthParameters) -> [String] {
        var scopes: [String] = []
        let needed = operations.filter { $0.requirement.alternatives.contains { $0.schemes.contains(scheme) } }
        for scope in oauth.scopes + needed.flatMap(\.scopes) where !scopes.contains(scope) { scopes.append(scope) }
        return scopes
    }
}
