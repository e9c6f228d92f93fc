import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import TestSupport
import Testing

@Suite(
    "Wycheproof: signatures",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofSignatureTests {
    /// The tests with another result than published, with the reason.
    private static let skipped: [String: [Int: String]] = [
        "rsa_signature_2048_sha256_test": [
            8: "'acceptable': the hash identifier lacks the NULL parameter; OpenSSL rejects it, as RFC 8017 allows"
        ]
    ]

    @Test(
        "Every signature is accepted or rejected as published",
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

    @Test("A key from PEM equals the same key from a JSON Web Key")
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

    @Test("A DER signature is invalid where the form of JWS is expected")
    func derIsRejected() throws {
        for test in try SharedVectors.wycheproofTests("ecdsa_secp256r1_sha256_test") {
            let key = try VerificationKey(pem: #require(test.group["publicKeyPem"]?.string))
            #expect(!key.isValid(signature: test.bytes("sig"), for: test.bytes("msg"), algorithm: .es256))
        }
    }
}
