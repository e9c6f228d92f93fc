import CountersignSchema

/// The parameters of the initializer for the authorization schemes.
extension ClientSource {
    /// A parameter of the initializer.
    struct Credential {
        var name: SwiftIdentifier
        var type: String
        var documentation: String
    }

    /// Returns the parameters for a scheme, and the argument that passes them to the runtime.
    func credentials(_ index: Int) -> (parameters: [Credential], argument: Layout) {
        let scheme = schema.schemes[index]
        /// - Parameters:
        ///   - label: The label for an unnamed scheme.
        ///   - kind: The case of the runtime's `SchemeCredentials`.
        func one(_ label: String, as kind: String, type: String, documentation: String) -> ([Credential], Layout) {
            let name = SwiftIdentifier(scheme.swiftName ?? label)
            let credential = Credential(name: name, type: type, documentation: documentation)
            return ([credential], .text(".\(kind)(\(name.argument))"))
        }
        let secret = spelling.runtime("SecretValue")
        let tokenSource = "any \(spelling.runtime("TokenSource"))"
        switch scheme.kind {
        case .clientCredentials(let oauth):
            let type = spelling.runtime("ClientCredentials")
            let documentation = "The credentials of this program at \(Self.server(oauth))."
            return one("credentials", as: "clientCredentials", type: type, documentation: documentation)
        case .authorizationCode(let oauth), .device(let oauth):
            let isOptional = schema.hasOptionalUser(index)
            let type = spelling.oidc("UserSession") + (isOptional ? "?" : "")
            let note = isOptional ? "; nil if no user is signed in" : ""
            let documentation = "The session of the user who signed in at \(Self.server(oauth))\(note)."
            return one("user", as: "user", type: type, documentation: documentation)
        case .tokenExchange(let oauth):
            let name = SwiftIdentifier(scheme.swiftName ?? "credentials")
            let subject = SwiftIdentifier(AuthorizationScheme.subjectLabel(scheme.swiftName))
            let parameters = [
                Credential(
                    name: name,
                    type: spelling.runtime("ClientCredentials"),
                    documentation: "The credentials of this program at \(Self.server(oauth))."
                ),
                Credential(
                    name: subject,
                    type: tokenSource,
                    documentation: "The source of the subject token, which is exchanged for the access token."
                ),
            ]
            let arguments: [Layout] = [.text(name.argument), .labelled("subject", text: subject.argument)]
            return (parameters, .call(".tokenExchange", arguments))
        case .token:
            return one("token", as: "token", type: tokenSource, documentation: "The source of the access tokens.")
        case .bearer:
            return one("bearer", as: "bearer", type: secret, documentation: "The bearer token.")
        case .basic:
            let type = spelling.runtime("BasicCredentials")
            return one("basic", as: "basic", type: type, documentation: "The user name and password.")
        case .apiKey(.header(let name)):
            let documentation = "The API key, sent in the header `\(name)`."
            return one("apiKey", as: "apiKey", type: secret, documentation: documentation)
        case .apiKey(.query(let name)):
            let documentation = "The API key, sent in the query parameter `\(name)`."
            return one("apiKey", as: "apiKey", type: secret, documentation: documentation)
        }
    }

    private static func server(_ oauth: OAuthParameters) -> String {
        (oauth.issuer ?? oauth.tokenEndpoint).map { "`\($0)`" } ?? "the authorization server"
    }
}
