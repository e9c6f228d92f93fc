import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P09: identities, all parts at once")
struct IdentityPropertyTests {
    /// All that makes a token what it is; where order means nothing, a set.
    private struct Demand: Hashable {
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

    @Test("P09: of a million pairs of demands, those share an entry that are equal in every part, and no others")
    func pairs() throws {
        var generator = SeededGenerator(seed: 9)
        let runtime = World().runtime
        let keys = try (0..<2).map { _ in try DPoPKey.generate() }
        // Few values, near to one another, so that demands are often equal and mostly differ in a single part.
        let base = random(keys: keys.count, &generator)
        var demands: [Demand] = []
        while demands.count < 1500 {
            var demand = base
            let other = random(keys: keys.count, &generator)
            for _ in 0..<Int.random(in: 0...2, using: &generator) { mix(&demand, other, &generator) }
            demands.append(demand)
        }
        // Held, so that none makes room for another.
        let slots = try demands.map { try slot(of: $0, keys, in: runtime, &generator) }
        var numbers: [Demand: Int] = [:]
        let parts = demands.map { demand -> Int in
            let number = numbers[demand] ?? numbers.count
            numbers[demand] = number
            return number
        }
        let entries = slots.map(ObjectIdentifier.init)
        var (pairs, equal, wrong) = (0, 0, 0)
        for left in demands.indices {
            for right in 0..<left {
                pairs += 1
                let isEqual = parts[left] == parts[right]
                if isEqual { equal += 1 }
                if isEqual != (entries[left] == entries[right]) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
        #expect(pairs > 1_000_000)
        #expect(equal > 1000)
        #expect(numbers.count > 50)
        Promise.seen(9, "\(wrong) wrong in \(pairs) pairs, \(equal) of them equal")
    }

    private func random(keys: Int, _ generator: inout SeededGenerator) -> Demand {
        func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }
        return Demand(
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

    /// Takes one part over from another demand.
    private func mix(_ demand: inout Demand, _ other: Demand, _ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<13, using: &generator) {
        case 0: demand.isIssuer = other.isIssuer
        case 1: demand.server = other.server
        case 2: demand.authentication = other.authentication
        case 3: demand.id = other.id
        case 4: demand.secret = other.secret
        case 5: demand.isRaw = other.isRaw
        case 6: demand.scopes = other.scopes
        case 7: demand.resources = other.resources
        case 8: demand.audience = other.audience
        case 9: demand.parameters = other.parameters
        case 10: demand.assertion = other.assertion
        default: (demand.dpop, demand.key) = (other.dpop, other.key)
        }
        // Without DPoP a key is not used; and these are for ES256.
        if demand.dpop != .es256 { demand.key = nil }
    }

    private func slot(
        of demand: Demand,
        _ keys: [DPoPKey],
        in runtime: Runtime,
        _ generator: inout SeededGenerator
    ) throws -> TokenCacheEntry {
        let scheme = SecurityScheme.ClientCredentialsScheme(
            server: demand.isIssuer ? .issuer(demand.server) : .tokenEndpoint(demand.server),
            authentication: demand.authentication,
            resources: demand.resources.shuffled(using: &generator),
            audience: demand.audience,
            parameters: demand.parameters,
            dpop: demand.dpop
        )
        var credentials = ClientCredentials.secret(id: demand.id, Secret(demand.secret))
            .basicEncoding(demand.isRaw ? .raw : .formEncoded)
        if let key = demand.key { credentials = credentials.dpopKey(keys[key]) }
        return try runtime.slot(
            for: scheme,
            credentials,
            issuer: nil,
            scopes: demand.scopes.shuffled(using: &generator),
            options: TokenRequestParameters(assertion: demand.assertion.map { Secret($0) })
        )
    }
}
