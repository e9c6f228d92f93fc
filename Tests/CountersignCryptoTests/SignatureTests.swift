import Countersign
import CountersignCrypto
import Testing

@Suite("Signing and verification keys")
struct SignatureTests {
    @Test(
        "A generated key's signatures verify, and only for the message they were made for",
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
}
