import CountersignCrypto
import TestSupport
import Testing

@Suite("Digests, HMAC and random bytes")
struct DigestTests {
    @Test(
        "SHA-256 matches FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ]
    )
    func sha256(message: String, digest: String) {
        #expect(SHA2.sha256(message.utf8) == bytes(hex: digest))
        #expect(SHA2.sha256(Array(message.utf8)) == bytes(hex: digest))
        #expect(SHA2.sha256(AnySequence(message.utf8)) == bytes(hex: digest))
        var output = [UInt8](repeating: 0xAA, count: 40)
        Array(message.utf8).withUnsafeBytes { message in
            output.withUnsafeMutableBytes { SHA2.sha256(message, into: $0) }
        }
        #expect(Array(output[..<32]) == bytes(hex: digest))
        #expect(output[32...].allSatisfy { $0 == 0xAA })
    }

    @Test("SHA-384 and SHA-512 match FIPS 180-4")
    func longDigests() {
        #expect(
            SHA2.sha384("abc".utf8)
                == bytes(
                    hex: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                        + "8086072ba1e7cc2358baeca134c825a7"
                )
        )
        #expect(
            SHA2.sha512("abc".utf8)
                == bytes(
                    hex: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
                )
        )
    }

    @Test("HMAC-SHA-256 matches RFC 4231, and supports an empty key")
    func hmac() {
        #expect(
            HMAC.sha256(key: "Jefe".utf8, message: "what do ya want for nothing?".utf8)
                == bytes(hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        )
        #expect(
            HMAC.sha256(key: [], message: [])
                == bytes(hex: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        )
    }

    @Test("Random bytes have the requested length and do not repeat")
    func random() throws {
        #expect(try SecureRandom.bytes(0) == [])
        let drawn = try (0..<1000).map { _ in try SecureRandom.bytes(16) }
        #expect(drawn.allSatisfy { $0.count == 16 })
        #expect(Set(drawn).count == 1000)
        // More bytes than a single call of getrandom returns.
        let large = try SecureRandom.bytes(1 << 20)
        #expect(Set(large.suffix(4096)).count > 200)
    }

    @Test(
        "Constant-time comparison agrees with equality",
        arguments: [([], []), ([1, 2], [1, 2]), ([1], [2]), ([], [1])]
    )
    func comparison(a: [UInt8], b: [UInt8]) {
        #expect(constantTimeEqual(a, b) == (a == b))
    }
}
