import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import TestSupport
import Testing

@Suite("Hostile keys and tokens")
struct MutationTests {
    /// Returns a text with one to four changes: replaced, removed, repeated, swapped or truncated bytes.
    private func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let interesting = Array(#"{}[]",:.\=-_+/0eA"#.utf8) + [0, 0x80, 0xC3, 0xFF]
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] = interesting.randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
            case 4: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    @Test("Ten thousand mutated tokens are rejected or have the signed contents, without a crash")
    func tokens() throws {
        let key = try SigningKey(pem: KeyFixtures.pkcs8)
        let header = JSONWebSignature.Header(type: "JWT", keyID: "k", key: JSONWebKey(key.publicKey))
        let text = try JSONWebSignature.sign(header, payload: Array(#"{"sub":"a"}"#.utf8), key: key)
        let original = try JSONWebSignature(parsing: text)
        var random = SeededGenerator(seed: 7515)
        var parsed = 0
        for _ in 0..<10_000 {
            let changed = String(decoding: mutated(Array(text.utf8), using: &random), as: UTF8.self)
            guard let signature = try? JSONWebSignature(parsing: changed) else { continue }
            parsed += 1
            if let key = signature.header["jwk"] { _ = try? JSONWebKey(json: key) }
            guard (try? signature.verify(with: key.publicKey, allowing: [.es256])) != nil else { continue }
            #expect(signature.signingInput == original.signingInput)
        }
        #expect(parsed > 500)
    }

    @Test("Mutated headers are parsed or rejected without a crash")
    func headers() throws {
        let header = Array(#"{"typ":"JWT","alg":"ES256","kid":"k","jwk":{"kty":"EC","crv":"P-256","x":"AA"}}"#.utf8)
        var random = SeededGenerator(seed: 9449)
        var parsed = 0
        for _ in 0..<10_000 {
            let text = Base64URL.encode(mutated(header, using: &random)) + ".e30.AA"
            if (try? JSONWebSignature(parsing: text)) != nil { parsed += 1 }
        }
        #expect(parsed > 500)
    }

    @Test("Mutated keys and sets are read or rejected without a crash, and errors quote no value")
    func keys() throws {
        let rsa = JSONWebKey(try SigningKey(pem: KeyFixtures.rsaPKCS1).publicKey, keyID: "r", algorithm: .rs256)
        let ec = JSONWebKey(try SigningKey(pem: KeyFixtures.pkcs8).publicKey, keyID: "e", algorithm: .es256)
        let texts = [rsa.json, ec.json, KeyFixtures.jsonWebKey, JSONWebKeySet([rsa, ec]).json]
        var random = SeededGenerator(seed: 7517)
        for text in texts {
            for _ in 0..<1500 {
                let changed = String(decoding: mutated(Array(text.utf8), using: &random), as: UTF8.self)
                _ = try? JSONWebKeySet(parsing: changed)
                do {
                    _ = try SigningKey(jsonWebKey: changed)
                } catch {
                    #expect(!error.description.contains("ButMmKA1"))
                }
                if let key = try? JSONWebKey(parsing: changed) {
                    #expect(try JSONWebKey(parsing: key.json) == key)
                }
            }
        }
    }

    @Test("Mutated PEM is read or rejected without a crash")
    func pem() {
        var random = SeededGenerator(seed: 7468)
        for text in [KeyFixtures.pkcs8, KeyFixtures.sec1, KeyFixtures.encryptedPKCS8, KeyFixtures.ed25519] {
            for _ in 0..<1000 {
                let changed = String(decoding: mutated(Array(text.utf8), using: &random), as: UTF8.self)
                _ = try? SigningKey(pem: changed)
                _ = try? VerificationKey(pem: changed)
            }
        }
    }

    @Test("Random base64url texts are rejected or survive a round trip")
    func base64url() {
        var random = SeededGenerator(seed: 4648)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                UInt8.random(in: 43...122, using: &random)
            }
            if let bytes = Base64URL.decode(text) {
                #expect(Array(Base64URL.encode(bytes).utf8) == text)
            }
        }
    }
}
