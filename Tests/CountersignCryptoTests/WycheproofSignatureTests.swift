import Countersign
import CountersignCrypto
import CountersignJSON
import TestSupport
import Testing

@Suite(
    "Wycheproof's signatures",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofSignatureTests {
    /// Where we differ, by file and test, and why.
    private static let skipped: [String: [Int: String]] = [
        "rsa_signature_2048_sha256_test": [
            8: "'acceptable': the NULL of the hash's identifier is missing. OpenSSL refuses it, which RFC 8017 allows"
        ]
    ]

    @Test(
        "Every signature is accepted or refused as published",
        arguments: [
            (SignatureAlgorithm.es256, "ecdsa_secp256r1_sha256_p1363_test", 262),
            (.es384, "ecdsa_secp384r1_sha384_p1363_test", 280),
            (.es512, "ecdsa_secp521r1_sha512_p1363_test", 318),
            (.edDSA, "ed25519_test", 151),
            (.rs256, "rsa_signature_2048_sha256_test", 259),
            (.ps256, "rsa_pss_2048_sha256_mgf1_32_test", 108),
        ]
    )
    func signatures(algorithm: SignatureAlgorithm, file: String, count: Int) throws {
        let tests = try SharedVectors.wycheproofTests(file)
        #expect(tests.count == count)
        for test in tests where Self.skipped[file]?[test.id] == nil {
            let key = try VerificationKey(pem: #require(test.group["publicKeyPem"]?.string))
            let isValid = key.isValid(
                signature: test.bytes("sig"),
                for: test.bytes("msg"),
                algorithm: algorithm
            )
            #expect(isValid == (test.result == "valid"), "test \(test.id)")
        }
    }

    @Test("A key read from PEM and the same key read from a JSON Web Key are equal")
    func forms() throws {
        var compared = 0
        for file in ["ecdsa_secp256r1_sha256_p1363_test", "ed25519_test", "rsa_pss_2048_sha256_mgf1_32_test"] {
            for test in try SharedVectors.wycheproofTests(file) {
                guard let jwk = test.group["publicKeyJwk"], let pem = test.group["publicKeyPem"]?.string else {
                    continue
                }
                #expect(try JSONWebKey(json: jwk).key == VerificationKey(pem: pem))
                compared += 1
            }
        }
        #expect(compared > 300)
    }

    @Test("No DER signature passes where the two numbers of JWS are expected")
    func derIsRefused() throws {
        for test in try SharedVectors.wycheproofTests("ecdsa_secp256r1_sha256_test") {
            let key = try VerificationKey(pem: #require(test.group["publicKeyPem"]?.string))
            #expect(!key.isValid(signature: test.bytes("sig"), for: test.bytes("msg"), algorithm: .es256))
        }
    }
}
