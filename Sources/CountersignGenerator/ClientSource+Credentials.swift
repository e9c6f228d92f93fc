import CountersignSchema

/// What the initialiser asks for, a scheme at a time.
extension ClientSource {
    /// One parameter of the initialiser.
    struct Credential {
        var name: SwiftIdentifier
        var type: String
        var documentation: String
    }

    /// What a program brings for a scheme, and how the runtime is given it.
    func credentials(_ index: Int) -> (parameters: [Credential], argument: Layout) {
        let scheme = schema.schemes[index]
        func one(_ label: String, _ type: String, _ caseName: String, _ documentation: String) -> ([Credential], Layout)
        {
            let name = SwiftIdentifier(scheme.swiftName ?? label)
            let credential = Credential(name: name, type: type, documentation: documentation)
            return ([credential], .text(".\(caseName)(\(name.argument))"))
        }
        let secret = spelling.runtime("Secret")
        switch scheme.kind {
        case .clientCredentials(let oauth):
            return one(
                "credentials",
                spelling.runtime("ClientCredentials"),
                "clientCredentials",
                "What this program authenticates with at \(Self.server(oauth))."
            )
        case .authorizationCode(let oauth), .device(let oauth):
            let isOptional = schema.mayLackUser(index)
            return one(
                "user",
                spelling.oidc("UserSession") + (isOptional ? "?" : ""),
                "user",
                "The user who signed in at \(Self.server(oauth))\(isOptional ? "; nil while nobody is signed in" : "")."
            )
        case .tokenExchange(let oauth):
            let name = SwiftIdentifier(scheme.swiftName ?? "credentials")
            let subject = SwiftIdentifier(AuthorizationScheme.subjectLabel(scheme.swiftName))
            let parameters = [
                Credential(
                    name: name,
                    type: spelling.runtime("ClientCredentials"),
                    documentation: "What this program authenticates with at \(Self.server(oauth))."
                ),
                Credential(
                    name: subject,
                    type: "any \(spelling.runtime("TokenSource"))",
                    documentation: "Where the token comes from of whoever the calls are made for."
                ),
            ]
            let arguments: [Layout] = [.text(name.argument), .labelled("subject", text: subject.argument)]
            return (parameters, .call(".tokenExchange", arguments))
        case .token:
            let type = "any \(spelling.runtime("TokenSource"))"
            return one("token", type, "token", "Where the access tokens come from.")
        case .bearer:
            return one("bearer", secret, "bearer", "The token that requests carry.")
        case .basic:
            let type = spelling.runtime("BasicCredentials")
            return one("basic", type, "basic", "The user name and password that requests carry.")
        case .apiKey(.header(let name)):
            return one("apiKey", secret, "apiKey", "The key that requests carry in the header `\(name)`.")
        case .apiKey(.query(let name)):
            return one("apiKey", secret, "apiKey", "The key that requests carry in the query as `\(name)`.")
        }
    }

    private static func server(_ oauth: OAuthParameters) -> String {
        (oauth.issuer ?? oauth.tokenEndpoint).map { "`\($0)`" } ?? "the authorization server"
    }
}

extension AuthorizationScheme {
    var hasTokens: Bool {
        switch kind {
        case .clientCredentials, .authorizationCode, .device, .tokenExchange, .token: true
        case .bearer, .basic, .apiKey: false
        }
    }
}

extension Schema {
    /// Whether some operation has another way than this scheme, so that there need not be a user.
    func mayLackUser(_ scheme: Int) -> Bool {
        operations.contains { operation in
            let alternatives = operation.requirement.alternatives
            return alternatives.count > 1 && alternatives.contains { $0.schemes.contains(scheme) }
        }
    }
}
