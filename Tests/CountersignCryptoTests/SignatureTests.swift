import CountersignCrypto
import Testing

@Suite("Signing and verification keys")
struct SignatureTests {
    @Test(
        "Signatures of a generated key are valid for their message only",
        arguments: SignatureAlgorithm.allCases
    )
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        #expect(key.algorithm == algorithm)
        let message = Array("header.payload".utf8)
        for _ in 0..<20 {
            let signature = try key.sign(message)
            #expect(key.publicKey.isValid(signature: signature, for: message, algorithm: algorithm))
            #expect(!key.publicKey.isValid(signature: signature, for: message + [0], algorithm: algorithm))
            for other in SignatureAlgorithm.allCases where other != algorithm {
                #expect(!key.publicKey.isValid(signature: signature, for: message, algorithm: other))
            }
        }
    }

    @Test("A key signs in concurrent tasks", arguments: [SignatureAlgorithm.es256, .edDSA, .rs256])
    func concurrency(algorithm: SignatureAlgorithm) async throws {
        let key = try SigningKey.generate(algorithm)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    try (0..<40).allSatisfy { round in
                        let message = [UInt8(task), UInt8(round)]
                        return try key.publicKey.isValid(
                            signature: key.sign(message),
                            for: message,
                            algorithm: algorithm
                        )
                    }
                }
            }
            for try await areValid in group { #expect(areValid) }
        }
    }

    @Test("A signature is appended to the output and has the length of JWS")
    func appending() throws {
        for (algorithm, count) in [(SignatureAlgorithm.es256, 64), (.es384, 96), (.es512, 132), (.edDSA, 64)] {
            let key = try SigningKey.generate(algorithm)
            var output: [UInt8] = [9, 9]
            try [UInt8]([1, 2]).withUnsafeBytes { try key.sign($0, appendingTo: &output) }
            #expect(output.prefix(2) == [9, 9])
            #expect(output.count == 2 + count)
            let signature = Array(output.dropFirst(2))
            #expect(key.publicKey.isValid(signature: signature, for: [1, 2], algorithm: algorithm))
            #expect(!key.publicKey.isValid(signature: signature + [0], for: [1, 2], algorithm: algorithm))
            #expect(!key.publicKey.isValid(signature: signature.dropLast(), for: [1, 2], algorithm: algorithm))
            #expect(!key.publicKey.isValid(signature: [], for: [1, 2], algorithm: algorithm))
        }
    }
}
