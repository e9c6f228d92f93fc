import COpenSSL
import CountersignCrypto
import Testing

@Suite("OpenSSL's error queue")
struct ErrorQueueTests {
    /// Makes calls that fail in OpenSSL and record errors.
    private func makeFailingCalls() throws {
        _ = try? SigningKey(pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
        _ = try? SigningKey(pem: KeyFixtures.encryptedPKCS8)
        _ = try? VerificationKey(pem: "")
        _ = try? AESGCM.open([UInt8](repeating: 0, count: 32), key: [UInt8](0..<32), nonce: [UInt8](0..<12))
        for pem in [KeyFixtures.pkcs8, KeyFixtures.rsaPKCS1, KeyFixtures.ed25519] {
            let key = try SigningKey(pem: pem)
            for count in [0, 1, 64, 256] {
                let signature = [UInt8](repeating: 0xFF, count: count)
                #expect(!key.publicKey.isValid(signature: signature, for: [], algorithm: key.algorithm))
            }
        }
    }

    @Test("Failing calls leave no errors in the thread's queue")
    func isLeftEmpty() throws {
        ERR_clear_error()
        try makeFailingCalls()
        #expect(ERR_peek_error() == 0)
    }

    @Test("Failing calls preserve the errors of other code in the queue")
    func isPreserved() throws {
        ERR_clear_error()
        #expect(BIO_new_file("/nonexistent", "r") == nil)
        let first = ERR_peek_error()
        let last = ERR_peek_last_error()
        #expect(first != 0)
        try makeFailingCalls()
        #expect(ERR_peek_error() == first)
        #expect(ERR_peek_last_error() == last)
        ERR_clear_error()
    }
}
