import Countersign
import CountersignCrypto
import Testing

@Suite("Key import")
struct KeyImportTests {
    @Test(
        "PKCS#8, SEC 1 and JSON Web Key forms of a key are equal",
        arguments: [KeyFixtures.pkcs8, KeyFixtures.sec1, "text before\n" + KeyFixtures.pkcs8 + "\ntext after"]
    )
    func privateForms(pem: String) throws {
        let key = try SigningKey(pem: pem)
        let other = try SigningKey(jsonWebKey: KeyFixtures.jsonWebKey)
        #expect(key.algorithm == .es256)
        #expect(key.publicKey == other.publicKey)
        #expect(try key.publicKey == VerificationKey(pem: KeyFixtures.publicKey))
        #expect(try key.publicKey == VerificationKey(pem: KeyFixtures.compressedPublicKey))
        let signature = try key.sign([1, 2, 3])
        #expect(signature.count == 64)
        #expect(other.publicKey.isValid(signature: signature, for: [1, 2, 3], algorithm: .es256))
    }

    @Test("An RSA key signs with RS256 unless PS256 is requested")
    func rsaAlgorithms() throws {
        #expect(try SigningKey(pem: KeyFixtures.rsaPKCS1).algorithm == .rs256)
        let key = try SigningKey(pem: KeyFixtures.rsaPKCS1, algorithm: .ps256)
        let signature = try key.sign([1])
        #expect(key.publicKey.isValid(signature: signature, for: [1], algorithm: .ps256))
        #expect(!key.publicKey.isValid(signature: signature, for: [1], algorithm: .rs256))
    }

    @Test("An Ed25519 key signs with EdDSA")
    func ed25519() throws {
        let key = try SigningKey(pem: KeyFixtures.ed25519)
        #expect(key.algorithm == .edDSA)
        #expect(try key.publicKey.isValid(signature: key.sign([]), for: [], algorithm: .edDSA))
    }

    @Test(
        "An unusable private key is rejected with its kind of error",
        arguments: [
            (KeyFixtures.encryptedPKCS8, CryptoError.Kind.encryptedKey),
            (KeyFixtures.encryptedSEC1, .encryptedKey),
            (KeyFixtures.explicitCurve, .unsupportedKey),
            (KeyFixtures.secp256k1, .unsupportedKey),
            (KeyFixtures.x25519, .unsupportedKey),
            (KeyFixtures.rsaPSS, .unsupportedKey),
            (KeyFixtures.rsa1024, .weakKey),
            (KeyFixtures.publicKey, .malformedKey),
            ("", .malformedKey),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", .malformedKey),
            (String(repeating: "A", count: 70_000) + "\n" + KeyFixtures.pkcs8, .malformedKey),
        ]
    )
    func rejectedPrivateKeys(pem: String, kind: CryptoError.Kind) {
        expectError(kind) { try SigningKey(pem: pem) }
    }

    @Test(
        "An unusable public key is rejected with its kind of error",
        arguments: [
            (KeyFixtures.explicitCurvePublicKey, CryptoError.Kind.unsupportedKey),
            (KeyFixtures.pkcs8, .malformedKey),
            ("", .malformedKey),
        ]
    )
    func rejectedPublicKeys(pem: String, kind: CryptoError.Kind) {
        expectError(kind) { try VerificationKey(pem: pem) }
    }

    @Test("A key is rejected for an algorithm of another key type")
    func mismatch() {
        expectError(.algorithmMismatch) { try SigningKey(pem: KeyFixtures.pkcs8, algorithm: .es384) }
        expectError(.algorithmMismatch) { try SigningKey(pem: KeyFixtures.rsaPKCS1, algorithm: .es256) }
        expectError(.algorithmMismatch) { try SigningKey(pem: KeyFixtures.ed25519, algorithm: .rs256) }
    }

    @Test("An RSA exponent of 1, an even or oversized exponent, and an even modulus are rejected")
    func rsaNumbers() {
        let modulus = [UInt8](repeating: 0xFF, count: 256)
        for exponent: [UInt8] in [[], [0], [1], [0, 1], [2], [1, 0, 0], [1] + [UInt8](repeating: 1, count: 8)] {
            expectError(.weakKey) { try VerificationKey(.rsa(n: modulus, e: exponent)) }
        }
        expectError(.weakKey) { try VerificationKey(.rsa(n: [0x7F] + modulus.dropFirst(), e: [3])) }
        expectError(.malformedKey) { try VerificationKey(.rsa(n: modulus.dropLast() + [0xFE], e: [3])) }
        expectError(.unsupportedKey) {
            try VerificationKey(.rsa(n: [1] + [UInt8](repeating: 0xFF, count: 1024), e: [3]))
        }
    }

    @Test("A point off the curve, the zero point and short coordinates are rejected")
    func points() throws {
        guard case .ec(let curve, let x, let y) = try VerificationKey(pem: KeyFixtures.publicKey).components else {
            Issue.record("not an EC key")
            return
        }
        for (x, y) in [(x, x), (y, x), ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))] {
            expectError(.malformedKey) { try VerificationKey(.ec(curve: curve, x: x, y: y)) }
        }
        expectError(.malformedKey) { try VerificationKey(.ec(curve: curve, x: Array(x.dropFirst()), y: y)) }
        expectError(.malformedKey) { try VerificationKey(.ec(curve: .p384, x: x, y: y)) }
        expectError(.malformedKey) { try VerificationKey(.okp(x: [])) }
    }

    @Test("A private number out of range or of another key is rejected", arguments: EllipticCurve.allCases)
    func mismatchedPrivateNumbers(curve: EllipticCurve) throws {
        let components = try SigningKey.generate(curve.algorithm).publicKey.components
        let length = curve.coordinateByteCount
        let one = [UInt8](repeating: 0, count: length - 1) + [1]
        for d in [one, [UInt8](repeating: 0, count: length), [UInt8](repeating: 0xFF, count: length), [1]] {
            expectError(.malformedKey) { try SigningKey(privateComponents: PrivateKeyComponents(components, d: d)) }
        }
    }

    @Test("An Ed25519 private key with another key's public half is rejected")
    func foreignPublicHalf() throws {
        let components = try SigningKey.generate(.edDSA).publicKey.components
        expectError(.malformedKey) {
            try SigningKey(privateComponents: PrivateKeyComponents(components, d: [UInt8](repeating: 7, count: 32)))
        }
    }

    @Test("A private key is redacted when it is printed, dumped or described")
    func redaction() throws {
        let key = try SigningKey(jsonWebKey: KeyFixtures.jsonWebKey)
        var dumped = ""
        dump([key], to: &dumped)
        let components = PrivateKeyComponents(.okp(x: [1]), d: [42, 43], factors: nil)
        dump(components, to: &dumped)
        let texts = [
            "\(key)", String(reflecting: key), "\([key])", dumped, "\(components)", String(reflecting: components),
        ]
        for text in texts {
            #expect(text.contains("<redacted>"))
            #expect(!text.contains("ButMmKA1"))
            #expect(!text.contains("42"))
            #expect(!text.contains("0x"))
        }
        #expect(!(key as Any is any Encodable))
    }

    @Test("An error has a reason and does not quote the key")
    func errorText() {
        for pem in [KeyFixtures.rsa1024, KeyFixtures.encryptedPKCS8, KeyFixtures.explicitCurve] {
            let error = #expect(throws: CryptoError.self) { try SigningKey(pem: pem) }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.count > 20)
            #expect(!pem.split(separator: "\n").contains { text.contains($0.prefix(8)) && !$0.hasPrefix("-----") })
        }
    }
}
