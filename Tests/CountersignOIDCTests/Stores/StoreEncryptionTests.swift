import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("Store encryption")
struct StoreEncryptionTests {
    private let keys = (1...3).map { number in [UInt8](repeating: UInt8(number), count: 32) }
    private let entry = StoredEntry(contents: Array("a refresh token".utf8), version: StoreVersion("v1"))

    private func open(_ bytes: [UInt8], _ encryption: StoreEncryption, as name: String = "a") -> TokenStoreError.Kind? {
        do throws(TokenStoreError) {
            _ = try encryption.open(bytes, as: name)
            return nil
        } catch {
            return error.kind
        }
    }

    private func encryptions() throws -> [StoreEncryption] {
        [try .aes256GCM(keys: [keys[0]]), .none]
    }

    @Test(
        "A decrypted entry has the original contents, version and expiry",
        arguments: [nil, Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_750_000_000.125)]
    )
    func roundTrip(expiry: Date?) throws {
        for encryption in try encryptions() {
            for contents in [[], entry.contents, [UInt8](repeating: 1, count: 1 << 20)] {
                let entry = StoredEntry(contents: contents, version: entry.version)
                let opened = try encryption.open(encryption.seal(entry, as: "a", until: expiry), as: "a")
                #expect(opened.entry == entry)
                #expect(opened.expiry == expiry)
            }
        }
    }

    @Test("An encrypted entry reveals neither contents nor key, and differs each time")
    func secrecy() throws {
        let encryption = try StoreEncryption.aes256GCM(keys: [keys[0]])
        let sealed = try encryption.seal(entry, as: "a", until: nil)
        for secret in [entry.contents.prefix(4), keys[0].prefix(4)] {
            #expect(!sealed.indices.contains { sealed[$0...].starts(with: secret) })
        }
        #expect(try encryption.seal(entry, as: "a", until: nil) != sealed)
        #expect("\(encryption)" == "StoreEncryption(<redacted>)")
    }

    @Test("P40: Every flipped bit of a stored entry is a typed error, with and without encryption")
    func flippedBits() throws {
        var flipped = 0
        for encryption in try encryptions() {
            let sealed = try encryption.seal(entry, as: "a", until: Date(timeIntervalSince1970: 1_750_000_000))
            for bit in 0..<sealed.count * 8 {
                var damaged = sealed
                damaged[bit / 8] ^= 1 << (bit % 8)
                let kind = open(damaged, encryption)
                #expect(kind == .corrupt || kind == .wrongKey, "bit \(bit)")
                flipped += 1
            }
        }
        Promise.seen(40, "each of \(flipped) flipped bits a typed error")
    }

    @Test("Every truncated entry is a typed error")
    func truncation() throws {
        for encryption in try encryptions() {
            let sealed = try encryption.seal(entry, as: "a", until: nil)
            for count in 0..<sealed.count {
                #expect(open(Array(sealed.prefix(count)), encryption) == .corrupt, "\(count) bytes")
            }
            #expect(open(sealed + [0], encryption) == .corrupt)
        }
    }

    @Test("10,000 random changes of a stored entry are typed errors")
    func mutations() throws {
        var random = SeededGenerator(seed: 40)
        for encryption in try encryptions() {
            let sealed = try encryption.seal(entry, as: "a", until: Date(timeIntervalSince1970: 1_750_000_000))
            for _ in 0..<10_000 {
                var damaged = sealed
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    guard let index = damaged.indices.randomElement(using: &random) else { break }
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: damaged[index] = .random(in: 0...255, using: &random)
                    case 1: damaged.remove(at: index)
                    case 2: damaged.insert(.random(in: 0...255, using: &random), at: index)
                    default: damaged.removeLast(damaged.count - index)
                    }
                }
                if damaged != sealed { #expect(open(damaged, encryption) != nil) }
            }
        }
    }

    @Test("An entry cannot be opened under another name, or with another version or expiry")
    func swapped() throws {
        for encryption in try encryptions() {
            let sealed = try encryption.seal(entry, as: "a", until: nil)
            #expect(open(sealed, encryption, as: "b") == .corrupt)
            var older = sealed
            older[15] = UInt8(ascii: "0")  // the version's second character: "v0"
            #expect(open(older, encryption) == .corrupt)
            var expired = sealed
            expired.replaceSubrange(6..<14, with: [UInt8](repeating: 0, count: 8))
            #expect(open(expired, encryption) == .corrupt)
        }
    }

    @Test("P40: A wrong or missing key is distinguished from damage, and an unencrypted entry is rejected")
    func wrongKey() throws {
        let sealing = try StoreEncryption.aes256GCM(keys: [keys[0]])
        let sealed = try sealing.seal(entry, as: "a", until: nil)
        #expect(open(sealed, try .aes256GCM(keys: [keys[1], keys[2]])) == .wrongKey)
        #expect(open(sealed, .none) == .wrongKey)
        #expect(open(try StoreEncryption.none.seal(entry, as: "a", until: nil), sealing) == .corrupt)
    }

    @Test("After a key rotation, old entries open and are encrypted with the new key when saved")
    func rotation() async throws {
        let folder = try TemporaryFolder()
        func store(_ keys: [[UInt8]]) throws -> FileTokenStore {
            try FileTokenStore(directory: folder.path("t"), encryption: .aes256GCM(keys: keys))
        }
        let first = try await store([keys[0]]).save([1], as: "a", replacing: nil, until: nil)
        let both = try store([keys[1], keys[0]])
        #expect(try await both.load("a")?.contents == [1])
        #expect(await storeErrorKind { _ = try await store([keys[1]]).load("a") } == .wrongKey)
        _ = try await both.save([2], as: "a", replacing: first, until: nil)
        #expect(try await store([keys[1]]).load("a")?.contents == [2])
        #expect(await storeErrorKind { _ = try await store([keys[0]]).load("a") } == .wrongKey)
    }

    @Test(
        "A key is 32 bytes in hexadecimal or base64",
        arguments: [
            "0101010101010101010101010101010101010101010101010101010101010101",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
            "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        ]
    )
    func keyTexts(text: String) throws {
        let sealed = try StoreEncryption.aes256GCM(SecretValue(text)).seal(entry, as: "a", until: nil)
        #expect(open(sealed, try .aes256GCM(keys: [keys[0]])) == nil)
    }

    @Test("A key in base64 may use either alphabet")
    func alphabets() throws {
        let key = [UInt8](repeating: 0xFB, count: 32)
        let sealed = try StoreEncryption.aes256GCM(keys: [key]).seal(entry, as: "a", until: nil)
        for text in [
            "+/v7" + String(repeating: "+/v7", count: 9) + "+/s=", "-_v7" + String(repeating: "-_v7", count: 9) + "-_s",
        ] {
            #expect(open(sealed, try .aes256GCM(SecretValue(text))) == nil)
        }
    }

    @Test(
        "An invalid key is rejected and not quoted",
        arguments: ["", "canary", String(repeating: "0", count: 63), String(repeating: "g", count: 64), "AQEB AQEB"]
    )
    func malformedKeys(text: String) throws {
        let error = #expect(throws: TokenStoreError.self) { _ = try StoreEncryption.aes256GCM(SecretValue(text)) }
        #expect(error?.kind == .configuration)
        #expect(text.isEmpty || error?.description.contains(text) == false)
        #expect(throws: TokenStoreError.self) { _ = try StoreEncryption.aes256GCM(keys: []) }
        #expect(throws: TokenStoreError.self) { _ = try StoreEncryption.aes256GCM(keys: [Array(text.utf8)]) }
    }

    @Test("A missing environment variable of a key is named in the error")
    func missingVariable() throws {
        let error = #expect(throws: TokenStoreError.self) {
            _ = try StoreEncryption.aes256GCM(.environment("COUNTERSIGN_NO_SUCH_VARIABLE"))
        }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("COUNTERSIGN_NO_SUCH_VARIABLE") == true)
    }

    @Test("A version over 64 bytes and contents over 1 MiB are rejected")
    func limits() throws {
        for entry in [
            StoredEntry(contents: [], version: StoreVersion(String(repeating: "v", count: 65))),
            StoredEntry(contents: [UInt8](repeating: 0, count: 1 << 20 + 1), version: entry.version),
        ] {
            let error = #expect(throws: TokenStoreError.self) {
                _ = try StoreEncryption.none.seal(entry, as: "a", until: nil)
            }
            #expect(error?.kind == .configuration)
        }
    }
}
