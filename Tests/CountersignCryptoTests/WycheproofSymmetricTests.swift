import CountersignCrypto
import TestSupport
import Testing

@Suite(
    "Wycheproof: HMAC and AES-GCM",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofSymmetricTests {
    @Test("HMAC-SHA-256 matches all published codes, complete or truncated")
    func hmac() throws {
        let tests = try SharedVectors.wycheproofTests("hmac_sha256_test")
        #expect(tests.count == 174)
        for test in tests {
            let code = HMAC.sha256(key: test.bytes("key"), message: test.bytes("msg"))
            let tag = test.bytes("tag")
            #expect(
                constantTimeEqual(Array(code.prefix(tag.count)), tag) == (test.result == "valid"),
                "test \(test.id)"
            )
        }
    }

    @Test("AES-256-GCM matches the published results; other lengths of keys and nonces are rejected")
    func gcm() throws {
        let tests = try SharedVectors.wycheproofTests("aes_gcm_test")
        #expect(tests.count == 316)
        var used = 0
        for test in tests {
            let key = test.bytes("key")
            let nonce = test.bytes("iv")
            let message = test.bytes("msg")
            let associated = test.bytes("aad")
            let sealed = test.bytes("ct") + test.bytes("tag")
            guard key.count == AESGCM.keyByteCount, nonce.count == AESGCM.nonceByteCount else {
                #expect(throws: CryptoError.self, "test \(test.id)") {
                    try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: associated)
                }
                continue
            }
            used += 1
            if test.result == "valid" {
                #expect(try AESGCM.seal(message, key: key, nonce: nonce, authenticating: associated) == sealed)
                #expect(try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: associated) == message)
            } else {
                #expect(throws: CryptoError.self, "test \(test.id)") {
                    try AESGCM.open(sealed, key: key, nonce: nonce, authenticating: associated)
                }
            }
        }
        #expect(used == 66)
    }
}
