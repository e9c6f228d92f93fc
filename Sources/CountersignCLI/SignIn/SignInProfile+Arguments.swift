import Countersign
import CountersignGenerator
import CountersignSchema

extension SignInProfile {
    /// Creates the profile for a command line: a schema's scheme for users, with the options overriding its values.
    init(_ arguments: CommandLineArguments) throws {
        if let path = arguments[.schema] {
            self = try Self.profile(of: path, arguments)
        } else {
            guard let issuer = arguments[.issuer] else {
                throw UsageError(
                    "the authorization server is missing; use '--schema' with a file or '--issuer' with a URL",
                    .signIn
                )
            }
            if arguments[.scheme] != nil { throw UsageError("option '--scheme' requires '--schema'", .signIn) }
            self.init(issuer: issuer, clientID: "", scopes: [])
        }
        if let issuer = arguments[.issuer] { self.issuer = issuer }
        if let clientID = arguments[.clientID] { self.clientID = clientID }
        guard !clientID.isEmpty else {
            throw UsageError(
                "the client identifier is missing; use '--client-id' with the one registered at the server",
                .signIn
            )
        }
        secretVariable = arguments[.secretVariable]
        let scopes = arguments.all(.scope).flatMap { $0.split(separator: " ").map(String.init) }
        if !scopes.isEmpty { self.scopes = scopes }
        if self.scopes.isEmpty { self.scopes = ["openid", "offline_access"] }
        if !arguments.all(.resource).isEmpty { resources = arguments.all(.resource) }
        if !arguments.all(.prompt).isEmpty { prompt = arguments.all(.prompt) }
        if arguments.has(.dpop) { dpop = dpop ?? .es256 }
    }

    private static func profile(of path: String, _ arguments: CommandLineArguments) throws -> SignInProfile {
        let (schema, diagnostics) = Schema.read(path: path, bytes: try InputFile.read(path))
        guard let schema else { throw InvalidSchema(diagnostics: diagnostics) }
        let schemes = schema.schemes.indices.filter { schema.schemes[$0].isForUsers }
        let names = schemes.map { schema.schemes[$0].name ?? "" }
        let chosen: Int
        switch (arguments[.scheme], schemes.count) {
        case (_, 0):
            throw FileError(path, "has no scheme for users ('authorizationCode' or 'device')")
        case (nil, 1):
            chosen = schemes[0]
        case (nil, _):
            throw UsageError("the schema has several schemes for users; use '--scheme' with \(names.list)", .signIn)
        case (let name?, _):
            guard let index = names.firstIndex(of: name) else {
                throw UsageError("the schema has no scheme for users named '\(name)'; expected \(names.list)", .signIn)
            }
            chosen = schemes[index]
        }
        switch schema.schemes[chosen].kind {
        case .authorizationCode(let oauth), .device(let oauth):
            guard let issuer = oauth.issuer ?? arguments[.issuer] else {
                throw UsageError("the schema does not name the issuer; use '--issuer' with a URL", .signIn)
            }
            return SignInProfile(
                issuer: issuer,
                clientID: oauth.clientID ?? "",
                clientAuthentication: oauth.clientAuthentication.flatMap {
                    ClientAuthentication(rawValue: $0.rawValue)
                },
                scopes: schema.signInScopes(of: chosen, oauth),
                resources: oauth.resources,
                audience: oauth.audience,
                parameters: Dictionary(oauth.parameters.map { ($0.name, $0.value) }) { $1 },
                dpop: oauth.dpop.flatMap { DPoPAlgorithm(rawValue: $0.rawValue) },
                prompt: oauth.prompt,
                endpointOrigins: oauth.endpointOrigins
            )
        default:
            throw FileError(path, "has no scheme for users")
        }
    }
}

/// An error for a schema that has errors and cannot be used.
struct InvalidSchema: Error {
    let diagnostics: [Diagnostic]
}

extension [String] {
    fileprivate var list: String { map { "'\($0)'" }.joined(separator: ", ") }
}
