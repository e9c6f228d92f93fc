import COpenSSL
import Countersign
import CountersignCrypto
import CountersignHTTP

/// The cost of a DPoP proof, beside the signature alone with the same library.
enum ProofBenchmark {
    @Sendable static func run() async throws -> Table {
        let key = try DPoPKey.generate(.es256)
        let url = try HTTP.URL("https://api.example/items/it_1?view=full")
        let hash = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
        let raw = try RawSignature()
        let costs = try await measure(
            [
                Contender(name: "EVP_PKEY_sign") { times in
                    for _ in 0..<times { try raw.sign() }
                },
                Contender(name: "proof") { times in
                    for _ in 0..<times {
                        let now = SystemClock().unixTime()
                        let proof = DPoPProof(method: .get, url: url, issuedAt: now, tokenHash: hash)
                        keep(try proof.signed(with: key))
                    }
                },
            ],
        )
        var table = Table("A DPoP proof (ES256)", columns: "", "µs", "to the floor", "allocations")
        let ratio = costs[1].nanoseconds / costs[0].nanoseconds
        for (name, cost, targets) in [
            ("floor: EVP_PKEY_sign of a digest, context reused", costs[0], []),
            (
                "a whole proof: jti, claims, SHA-256, signature", costs[1],
                [Target.atMost(1.15, ratio, "× the signature", promise: 60)]
            ),
        ] {
            table.add(
                name,
                (cost.nanoseconds / 1000).text(2),
                (cost.nanoseconds / costs[0].nanoseconds).ratio,
                cost.allocations.text(),
                targets: targets
            )
        }
        return table
    }
}

/// A P-256 key with its context.
private final class RawSignature: @unchecked Sendable {
    // Unchecked: the rounds of the benchmark run one after the other, so that one task at a time uses the context.
    private let key: OpaquePointer?
    private let context: OpaquePointer?
    private let digest = [UInt8](repeating: 7, count: 32)

    init() throws {
        let generation = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
        defer { EVP_PKEY_CTX_free(generation) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(generation) == 1, EVP_PKEY_CTX_set_group_name(generation, "P-256") == 1,
            EVP_PKEY_generate(generation, &key) == 1
        else { throw CryptoError(.libraryFailure, "the key could not be generated") }
        self.key = key
        context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        guard EVP_PKEY_sign_init(context) == 1 else {
            throw CryptoError(.libraryFailure, "the signing context could not be created")
        }
    }

    deinit {
        EVP_PKEY_CTX_free(context)
        EVP_PKEY_free(key)
    }

    func sign() throws {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 80) { signature in
            var count = signature.count
            guard EVP_PKEY_sign(context, signature.baseAddress, &count, digest, digest.count) == 1 else {
                throw CryptoError(.libraryFailure, "the signature could not be computed")
            }
        }
    }
}
