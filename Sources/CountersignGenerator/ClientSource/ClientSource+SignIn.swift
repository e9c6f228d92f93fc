import CountersignSchema

/// The sign-in configurations of the client, with the values of the schema.
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
                source.documentation("Returns the configuration for signing in users at the issuer of `server`.")
                source.open("\(access)static func \(name)(at server: Server = .\(first)) -> \(type) {")
                source.lay("", .call(type, signIn(index, oauth, issuer: "server.issuer")))
                source.close()
            } else {
                let issuer = oauth.issuer ?? ""
                source.documentation("The configuration for signing in users at `\(issuer)`.")
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
            arguments.append(.labelled("clientAuthentication", text: literal(authentication)))
        }
        let scopes = schema.signInScopes(of: scheme, oauth)
        if !scopes.isEmpty { arguments.append(.labelled("scopes", Self.strings(scopes))) }
        if !oauth.resources.isEmpty { arguments.append(.labelled("resources", Self.strings(oauth.resources))) }
        if let algorithm = oauth.dpop { arguments.append(.labelled("dpop", text: ".\(algorithm)")) }
        if !oauth.parameters.isEmpty { arguments.append(.labelled("parameters", Self.dictionary(oauth.parameters))) }
        if let audience = oauth.audience {
            arguments.append(.labelled("audience", text: SwiftLiteral.string(audience)))
        }
        if !oauth.prompt.isEmpty { arguments.append(.labelled("prompt", Self.strings(oauth.prompt))) }
        if !oauth.endpointOrigins.isEmpty {
            arguments.append(.labelled("endpointOrigins", Self.strings(oauth.endpointOrigins)))
        }
        return arguments
    }
}
