import CountersignCrypto
import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P09: token identities")
struct IdentityTests {
    /// Everything that makes a token what it is.
    private struct Demand {
        var issuer = "https://login.example.com"
        var endpoint: String?
        var authentication = ClientAuthentication.clientSecretBasic
        var id = "worker"
        var secret = "secret"
        var raw = false
        var audienceOfAssertions = ClientCredentials.AssertionAudience.issuer
        var scopes = ["read", "write"]
        var resources = ["https://a.example", "https://b.example"]
        var audience: String? = "catalog"
        var parameters = ["tenant": "one"]
        var dpop: DPoPAlgorithm?
        var key: DPoPKey?
        var options = TokenRequestParameters()

        func slot(in runtime: Runtime) throws -> TokenCacheEntry {
            let scheme = SecurityScheme.ClientCredentialsScheme(
                server: endpoint.map(AuthorizationServer.tokenEndpoint) ?? .issuer(issuer),
                authentication: authentication,
                resources: resources,
                audience: audience,
                parameters: parameters,
                dpop: dpop
            )
            var credentials = ClientCredentials.secret(id: id, Secret(secret))
                .assertionAudience(audienceOfAssertions)
                .basicEncoding(raw ? .raw : .formEncoded)
            if let key { credentials = credentials.dpopKey(key) }
            return try runtime.slot(for: scheme, credentials, issuer: nil, scopes: scopes, options: options)
        }
    }

    private let runtime = World().runtime

    @Test("P09: the order of scopes, resources and parameters makes no difference, nor does repetition")
    func order() throws {
        let slot = try Demand().slot(in: runtime)
        let other = Demand(
            scopes: ["write", "read", "read"],
            resources: ["https://b.example", "https://a.example"],
            parameters: Dictionary(uniqueKeysWithValues: [("tenant", "one")])
        )
        #expect(try other.slot(in: runtime) === slot)
        #expect(try Demand().slot(in: runtime) === slot)
    }

    @Test("P09: whatever part changes, the entry is another")
    func parts() throws {
        let key = try DPoPKey.generate()
        let demands: [Demand] = [
            Demand(), Demand(issuer: "https://login.example.org"), Demand(endpoint: "https://login.example.com"),
            Demand(authentication: .clientSecretPost), Demand(id: "other"), Demand(secret: "other"), Demand(raw: true),
            Demand(audienceOfAssertions: .tokenEndpoint), Demand(scopes: ["read"]), Demand(scopes: []),
            Demand(scopes: ["readwrite"]), Demand(resources: ["https://a.example"]), Demand(resources: []),
            Demand(audience: "orders"), Demand(audience: nil), Demand(parameters: [:]),
            Demand(parameters: ["tenant": "two"]), Demand(parameters: ["tenan": "tone"]), Demand(dpop: .es256),
            Demand(dpop: .edDSA), Demand(dpop: .es256, key: key), Demand(options: TokenRequestParameters(scopes: ["x"])),
            Demand(options: TokenRequestParameters(resources: ["https://x.example"])),
            Demand(options: TokenRequestParameters(parameters: ["x": "y"])),
            Demand(options: TokenRequestParameters(assertion: Secret("one"))),
            Demand(options: TokenRequestParameters(assertion: Secret("two"))),
        ]
        var slots: [TokenCacheEntry] = []
        for demand in demands { slots.append(try demand.slot(in: runtime)) }
        #expect(Set(slots.map(ObjectIdentifier.init)).count == demands.count)
    }

    @Test("P09: what the options say is what counts, not that they said it")
    func options() throws {
        let slot = try Demand(scopes: ["read"], parameters: ["x": "y"]).slot(in: runtime)
        let options = TokenRequestParameters(scopes: ["read"], parameters: ["x": "y"])
        #expect(try Demand(scopes: ["write"], parameters: [:], options: options).slot(in: runtime) === slot)
    }

    @Test("P09: a hundred thousand random pairs of identities are equal exactly where their parts are")
    func randomPairs() {
        var generator = SeededGenerator(seed: 9)
        func parts() -> [String?] {
            (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let length = Int.random(in: -1...2, using: &generator)
                return length < 0 ? nil : String((0..<length).map { _ in Bool.random(using: &generator) ? "a" : "\0" })
            }
        }
        func identity(_ parts: [String?]) -> TokenIdentity {
            var identity = TokenIdentity()
            for part in parts { identity.add(part) }
            return identity
        }
        var equal = 0
        for _ in 0..<100_000 {
            let (left, right) = (parts(), parts())
            if left == right { equal += 1 }
            if (left == right) != (identity(left) == identity(right)) {
                Issue.record("\(left) and \(right) are confused")
            }
        }
        #expect(equal > 1000)
    }
}
