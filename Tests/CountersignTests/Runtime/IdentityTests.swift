import CountersignCrypto
import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P09: token identities")
struct IdentityTests {
    /// Everything in a token request that can change the token.
    private struct TokenParts {
        var issuer = "https://login.example.com"
        var endpoint: String?
        var endpointOrigins: Set<String> = []
        var authentication: ClientAuthentication? = .clientSecretBasic
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

        func entry(in runtime: CountersignRuntime) throws -> TokenCacheEntry {
            let scheme = OAuthConfiguration(
                issuer: issuer,
                tokenEndpoint: endpoint,
                clientAuthentication: authentication,
                resources: resources,
                audience: audience,
                parameters: parameters,
                dpop: dpop,
                endpointOrigins: endpointOrigins
            )
            var credentials = ClientCredentials.secret(id: id, SecretValue(secret))
                .assertionAudience(audienceOfAssertions)
                .basicEncoding(raw ? .raw : .formEncoded)
            if let key { credentials = credentials.dpopKey(key) }
            return try runtime.tokenCacheEntry(for: scheme, credentials, issuer: nil, scopes: scopes, options: options)
        }
    }

    private let runtime = World().runtime

    @Test("P09: the order and the repetition of scopes, resources and parameters make no difference")
    func order() throws {
        let entry = try TokenParts().entry(in: runtime)
        let other = TokenParts(
            scopes: ["write", "read", "read"],
            resources: ["https://b.example", "https://a.example"],
            parameters: Dictionary(uniqueKeysWithValues: [("tenant", "one")])
        )
        #expect(try other.entry(in: runtime) === entry)
        #expect(try TokenParts().entry(in: runtime) === entry)
    }

    @Test("P09: a difference in any part leads to another cache entry")
    func parts() throws {
        let key = try DPoPKey.generate()
        let variants: [TokenParts] = [
            TokenParts(), TokenParts(issuer: "https://login.example.org"),
            TokenParts(endpoint: "https://login.example.com"),
            TokenParts(endpointOrigins: ["https://tokens.example.com"]), TokenParts(authentication: nil),
            TokenParts(authentication: .clientSecretPost), TokenParts(id: "other"), TokenParts(secret: "other"),
            TokenParts(raw: true),
            TokenParts(audienceOfAssertions: .tokenEndpoint), TokenParts(scopes: ["read"]), TokenParts(scopes: []),
            TokenParts(scopes: ["readwrite"]), TokenParts(resources: ["https://a.example"]), TokenParts(resources: []),
            TokenParts(audience: "orders"), TokenParts(audience: nil), TokenParts(parameters: [:]),
            TokenParts(parameters: ["tenant": "two"]), TokenParts(parameters: ["tenan": "tone"]),
            TokenParts(dpop: .es256),
            TokenParts(dpop: .edDSA), TokenParts(dpop: .es256, key: key),
            TokenParts(options: TokenRequestParameters(scopes: ["x"])),
            TokenParts(options: TokenRequestParameters(resources: ["https://x.example"])),
            TokenParts(options: TokenRequestParameters(parameters: ["x": "y"])),
            TokenParts(options: TokenRequestParameters(assertion: SecretValue("one"))),
            TokenParts(options: TokenRequestParameters(assertion: SecretValue("two"))),
        ]
        var entries: [TokenCacheEntry] = []
        for variant in variants { entries.append(try variant.entry(in: runtime)) }
        #expect(Set(entries.map(ObjectIdentifier.init)).count == variants.count)
    }

    @Test("P09: a value from the options and the same value from the schema lead to the same cache entry")
    func options() throws {
        let entry = try TokenParts(scopes: ["read"], parameters: ["x": "y"]).entry(in: runtime)
        let options = TokenRequestParameters(scopes: ["read"], parameters: ["x": "y"])
        #expect(try TokenParts(scopes: ["write"], parameters: [:], options: options).entry(in: runtime) === entry)
    }

    @Test("P09: of a hundred thousand random pairs of identities, exactly those with equal parts are equal")
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
                Issue.record("the identities of \(left) and \(right) are wrong")
            }
        }
        #expect(equal > 1000)
    }
}
