import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P09: token identities, all parts at once")
struct IdentityPropertyTests {
    /// Everything in a token request that can change the token.
    ///
    /// Parts without an order are sets.
    private struct TokenParts: Hashable {
        var isIssuer: Bool
        var server: String
        var authentication: ClientAuthentication
        var id: String
        var secret: String
        var isRaw: Bool
        var scopes: Set<String>
        var resources: Set<String>
        var audience: String?
        var parameters: [String: String]
        var dpop: DPoPAlgorithm?
        var key: Int?
        var assertion: String?
    }

    @Test("P09: of a million pairs of token requests, exactly those with equal parts share a cache entry")
    func pairs() throws {
        var generator = SeededGenerator(seed: 9)
        let runtime = World().runtime
        let keys = try (0..<2).map { _ in try DPoPKey.generate() }
        // Few and similar values, so that requests are often equal and mostly differ in a single part.
        let base = random(keys: keys.count, &generator)
        var requests: [TokenParts] = []
        while requests.count < 1500 {
            var parts = base
            let other = random(keys: keys.count, &generator)
            for _ in 0..<Int.random(in: 0...2, using: &generator) { mix(&parts, other, &generator) }
            requests.append(parts)
        }
        let entries = try requests.map { try entry(of: $0, keys, in: runtime, &generator) }
        // Equal requests get the same number.
        var numbers: [TokenParts: Int] = [:]
        let parts = requests.map { request -> Int in
            let number = numbers[request] ?? numbers.count
            numbers[request] = number
            return number
        }
        var (pairs, equal, wrong) = (0, 0, 0)
        for left in requests.indices {
            for right in 0..<left {
                pairs += 1
                let isEqual = parts[left] == parts[right]
                if isEqual { equal += 1 }
                if isEqual != (entries[left] === entries[right]) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
        #expect(pairs > 1_000_000)
        #expect(equal > 1000)
        #expect(numbers.count > 50)
        Promise.seen(9, "\(wrong) wrong in \(pairs) pairs, \(equal) of them equal")
    }

    private func random(keys: Int, _ generator: inout SeededGenerator) -> TokenParts {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }
        return TokenParts(
            isIssuer: pick([true, false]),
            server: pick(["https://a.example", "https://b.example", "https://a.example/"]),
            authentication: pick([.clientSecretBasic, .clientSecretPost]),
            id: pick(["w", "wo", "w\0"]),
            secret: pick(["s", "o\0s", ""]),
            isRaw: pick([true, false]),
            scopes: Set(pick([[], ["a"], ["a", "b"], ["ab"], ["a b"]])),
            resources: Set(pick([[], ["a"], ["a", "b"], ["ab"]])),
            audience: pick([nil, "", "a", "b"]),
            parameters: pick([[:], ["a": "b"], ["ab": ""], ["a": "b", "c": "d"], ["a": "bcd"]]),
            dpop: pick([nil, .es256, .edDSA]),
            key: pick([nil, 0, 1]),
            assertion: pick([nil, nil, "a", "b"])
        )
    }

    /// Copies one part of another request.
    private func mix(_ parts: inout TokenParts, _ other: TokenParts, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<13, using: &generator) {
        case 0: parts.isIssuer = other.isIssuer
        case 1: parts.server = other.server
        case 2: parts.authentication = other.authentication
        case 3: parts.id = other.id
        case 4: parts.secret = other.secret
        case 5: parts.isRaw = other.isRaw
        case 6: parts.scopes = other.scopes
        case 7: parts.resources = other.resources
        case 8: parts.audience = other.audience
        case 9: parts.parameters = other.parameters
        case 10: parts.assertion = other.assertion
        default: (parts.dpop, parts.key) = (other.dpop, other.key)
        }
        // A key is only used with DPoP, and these keys are for ES256.
        if parts.dpop != .es256 { parts.key = nil }
    }

    private func entry(
        of parts: TokenParts,
        _ keys: [DPoPKey],
        in runtime: CountersignRuntime,
        _ generator: inout SeededGenerator
    ) throws -> TokenCacheEntry {
        let scheme = OAuthConfiguration(
            issuer: parts.isIssuer ? parts.server : nil,
            tokenEndpoint: parts.isIssuer ? nil : parts.server,
            clientAuthentication: parts.authentication,
            resources: parts.resources.shuffled(using: &generator),
            audience: parts.audience,
            parameters: parts.parameters,
            dpop: parts.dpop
        )
        var credentials = ClientCredentials.secret(id: parts.id, SecretValue(parts.secret))
            .basicEncoding(parts.isRaw ? .raw : .formEncoded)
        if let key = parts.key { credentials = credentials.dpopKey(keys[key]) }
        return try runtime.tokenCacheEntry(
            for: scheme,
            credentials,
            issuer: nil,
            scopes: parts.scopes.shuffled(using: &generator),
            options: TokenRequestParameters(assertion: parts.assertion.map { SecretValue($0) })
        )
    }
}
