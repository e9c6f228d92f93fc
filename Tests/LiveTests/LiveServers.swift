import Countersign
import Foundation
import Testing

/// The real servers that `Servers/up` started, described by the file in the environment variable `COUNTERSIGN_LIVE`.
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

    /// The process of glewlwyd.
    struct ServerProcess: Decodable {
        var id: Int32
        var configuration: String
        /// The file with the IDs of the processes that `Servers/down` stops.
        var list: String
    }

    /// django-oauth-toolkit.
    struct Toolkit: Decodable {
        var issuer: String
        var clients: [String: Client]
    }

    /// An OpenID Provider that is used with all that it offers.
    struct Provider: Decodable {
        struct Client: Decodable {
            var id: String
            var secret: String?
            var es256: String?

            enum CodingKeys: String, CodingKey {
                case id
                case secret
                case es256 = "ES256"
            }
        }

        var issuer: String
        var clients: [String: Client]
        var user: User
    }

    /// The error of a missing client, key or environment variable.
    struct Missing: Error, CustomStringConvertible {
        private let name: String

        init(_ name: String) {
            self.name = name
        }

        var description: String { "the live servers have no \(name)" }
    }

    var authorizationServer: String
    var authorizationServerProcess: ServerProcess
    var secureAuthorizationServer: String
    /// The PEM file of the certificate authority of `secureAuthorizationServer`.
    var certificateAuthority: String
    /// Apache with mod_oauth2.
    var api: String
    /// An API behind nginx, which decodes and resolves paths before it forwards them.
    var proxiedAPI: String
    var clients: [String: Client]
    var user: User
    /// The administrator of glewlwyd.
    var administrator: User
    /// The private JSON Web Key Sets that the issuer `rotating` can sign with.
    var rotatingKeySets: [String]
    /// django-oauth-toolkit; nil if it is not installed.
    var toolkit: Toolkit?
    /// The installed OpenID Providers by name.
    var providers: [String: Provider]
    var redirectURI: String

    static var path: String? { ProcessInfo.processInfo.environment["COUNTERSIGN_LIVE"] }

    /// Reads the description of the servers.
    ///
    /// If the environment variable is set, missing servers are a failure, not a reason to skip tests.
    static func load() throws -> LiveServers {
        guard let path else { throw Missing("description: COUNTERSIGN_LIVE is not set") }
        return try JSONDecoder().decode(LiveServers.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Returns the identifier of an issuer.
    ///
    /// The names are `oidc`, `nonce` (requires nonces in proofs), `par` (requires pushed authorization requests), `short`
    /// (token lifetime of 2 seconds) and `rotating` (tests may change its keys).
    func issuer(_ name: String) -> String { "\(authorizationServer)/api/\(name)" }

    func secureIssuer(_ name: String) -> String { "\(secureAuthorizationServer)/api/\(name)" }

    func client(_ name: String) throws -> Client {
        guard let client = clients[name] else { throw Missing("client \(name)") }
        return client
    }

    /// Returns the credentials of a client with a secret.
    func secret(_ name: String, at issuer: String = "oidc") throws -> ClientCredentials {
        guard let secret = try client(name).secret else { throw Missing("secret of \(name)") }
        return .secret(id: name, SecretValue(secret)).issuer(self.issuer(issuer))
    }

    /// Returns the credentials of a client with a key; glewlwyd requires the token endpoint as the audience of assertions.
    func privateKey(
        _ name: String,
        _ algorithm: SignatureAlgorithm = .es256,
        at issuer: String = "oidc"
    ) throws -> ClientCredentials {
        let client = try client(name)
        guard let pem = algorithm == .es256 ? client.es256 : client.rs256 else { throw Missing("key of \(name)") }
        return .privateKey(
            id: name,
            try SigningKey(pem: pem, algorithm: algorithm),
            keyID: "\(name)-\(algorithm.rawValue.lowercased())"
        )
        .issuer(self.issuer(issuer))
        .assertionAudience(.tokenEndpoint)
    }

    /// Returns a client of the API that uses the same credentials for all operations.
    func greetingAPI(_ credentials: ClientCredentials, runtime: CountersignRuntime) -> GreetingAPI {
        GreetingAPI(
            secretBasic: credentials,
            secretPost: credentials,
            secretJWT: credentials,
            privateKeyJWT: credentials,
            server: api,
            runtime: runtime
        )
    }

    /// Returns the credentials of a public client.
    func publicClient(_ name: String = "native", at issuer: String = "oidc") -> ClientCredentials {
        .publicClient(id: name).issuer(self.issuer(issuer))
    }
}

extension Trait where Self == ConditionTrait {
    /// The condition of tests that require the real servers.
    static var liveServers: Self {
        .enabled(
            if: LiveServers.path != nil,
            "requires real servers: run Tests/LiveTests/Servers/test, which installs, starts and stops them"
        )
    }

    /// The condition of tests that require django-oauth-toolkit.
    static var toolkit: Self {
        .enabled(
            if: (try? LiveServers.load())?.toolkit != nil,
            "requires django-oauth-toolkit: Tests/LiveTests/Servers/test installs it if the Python package index is reachable"
        )
    }
}
