import Countersign
import Foundation
import Testing

/// The real servers that `Servers/up` started, as told by the file that `COUNTERSIGN_LIVE` names.
struct LiveServers: Decodable {
    struct Client: Decodable {
        var secret: String?
        var es256: String?
        var rs256: String?

        enum CodingKeys: String, CodingKey {
            case secret
            case es256 = "ES256"
            case rs256 = "RS256"
        }
    }

    struct User: Decodable {
        var name: String
        var password: String
    }

    /// glewlwyd, as a process of this machine.
    struct ServerProcess: Decodable {
        var id: Int32
        var configuration: String
        /// The file that names the processes to be stopped in the end.
        var list: String
    }

    /// django-oauth-toolkit.
    struct Toolkit: Decodable {
        var issuer: String
        var clients: [String: Client]
    }

    /// What a test asks for is not there.
    struct Missing: Error {
        var what: String
    }

    var authorizationServer: String
    var authorizationServerProcess: ServerProcess
    var secureAuthorizationServer: String
    /// The PEM file of the authority that signed the certificate of `secureAuthorizationServer`.
    var certificateAuthority: String
    /// Apache with mod_oauth2.
    var api: String
    var clients: [String: Client]
    var user: User
    /// Who may change glewlwyd's configuration.
    var administrator: User
    /// What the issuer `rotating` may sign with: private JSON Web Key Sets.
    var rotatingKeySets: [String]
    /// nil where it is not installed.
    var toolkit: Toolkit?
    var redirectURI: String

    static var path: String? { ProcessInfo.processInfo.environment["COUNTERSIGN_LIVE"] }

    /// Reads the file.
    ///
    /// Once a run is told of servers, their absence is a failure, not a reason to skip.
    static func load() throws -> LiveServers {
        guard let path else { throw Missing(what: "COUNTERSIGN_LIVE") }
        return try JSONDecoder().decode(LiveServers.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// An issuer: `oidc`, `nonce` (proofs need nonces), `par` (requests must be pushed), `short` (tokens live for 2 seconds)
    /// or `rotating` (its keys may be changed).
    func issuer(_ name: String) -> String { "\(authorizationServer)/api/\(name)" }

    func secureIssuer(_ name: String) -> String { "\(secureAuthorizationServer)/api/\(name)" }

    func client(_ name: String) throws -> Client {
        guard let client = clients[name] else { throw Missing(what: "client \(name)") }
        return client
    }

    /// The credentials of a client with a secret.
    func secret(_ name: String, at issuer: String = "oidc") throws -> ClientCredentials {
        guard let secret = try client(name).secret else { throw Missing(what: "secret of \(name)") }
        return .secret(id: name, Secret(secret)).issuer(self.issuer(issuer))
    }

    /// The credentials of a client with a key, as glewlwyd wants them: its assertions name the token endpoint.
    func privateKey(
        _ name: String,
        _ algorithm: SignatureAlgorithm = .es256,
        at issuer: String = "oidc"
    ) throws -> ClientCredentials {
        let client = try client(name)
        guard let pem = algorithm == .es256 ? client.es256 : client.rs256 else { throw Missing(what: "key of \(name)") }
        return .privateKey(
            id: name,
            try SigningKey(pem: pem, algorithm: algorithm),
            keyID: "\(name)-\(algorithm.rawValue.lowercased())"
        )
        .issuer(self.issuer(issuer))
        .assertionAudience(.tokenEndpoint)
    }

    /// A public client.
    func publicClient(_ name: String = "native", at issuer: String = "oidc") -> ClientCredentials {
        .publicClient(id: name).issuer(self.issuer(issuer))
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need the real servers.
    static var liveServers: Self {
        .enabled(
            if: LiveServers.path != nil,
            "needs real servers: run Tests/LiveTests/Servers/test, which installs, starts and stops them"
        )
    }

    /// For tests that need django-oauth-toolkit.
    static var toolkit: Self {
        .enabled(
            if: (try? LiveServers.load())?.toolkit != nil,
            "needs django-oauth-toolkit: Tests/LiveTests/Servers/test installs it where Python's package index can be reached"
        )
    }
}
