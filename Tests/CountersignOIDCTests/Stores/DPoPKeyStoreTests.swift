import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("DPoP key store")
struct DPoPKeyStoreTests {
    private let folder: TemporaryFolder
    private let encryption: StoreEncryption
    private let clock = VirtualClock()

    init() throws {
        folder = try TemporaryFolder()
        encryption = try .aes256GCM(keys: [FileTokenStoreTests.key])
    }

    private func open() throws -> DPoPKeyStore {
        try DPoPKeyStore(directory: folder.path("keys"), encryption: encryption, clock: clock)
    }

    @Test("A key is made once, and the same one the next time the program runs", arguments: DPoPAlgorithm.allCases)
    func persistence(algorithm: DPoPAlgorithm) async throws {
        #expect(try await open().storedKey(algorithm) == nil)
        let key = try await open().key(algorithm)
        #expect(key.algorithm == algorithm)
        #expect(try await open().key(algorithm).thumbprint == key.thumbprint)
        #expect(try await open().storedKey(algorithm)?.thumbprint == key.thumbprint)
    }

    @Test("20 tasks and two stores that ask for a key that is not there get one and the same")
    func race() async throws {
        let stores = [try open(), try open()]
        let thumbprints = await withTaskGroup(of: String?.self) { group in
            for index in 0..<20 { group.addTask { try? await stores[index % 2].key().thumbprint } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(thumbprints.count == 1)
        #expect(thumbprints.first != .some(nil))
    }

    @Test("A key that was made meanwhile is had although its maker does not give the lease back")
    func stuckMaker() async throws {
        let file = "keys/dpop.ES256.entry"
        let made = try await open().key()
        let sealed = try folder.bytes(file)
        try folder.remove(file)
        let lease = Foundation.open(folder.path("keys/dpop.ES256.lease"), O_RDWR)
        defer { close(lease) }
        try #require(flock(lease, LOCK_EX) == 0)

        async let key = open().key()
        await clock.waitForSleepers(1)
        let attributes = [FileAttributeKey.posixPermissions: 0o600]
        #expect(
            FileManager.default.createFile(atPath: folder.path(file), contents: Data(sealed), attributes: attributes)
        )
        clock.advance(by: .seconds(30))
        #expect(try await key.thumbprint == made.thumbprint)

        try folder.remove(file)
        async let none = kind { _ = try await open().key() }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(30))
        #expect(await none == .leaseUnavailable)
    }

    @Test("P50: A key file with any flipped bit is an error, and no other key is made in its place")
    func damaged() async throws {
        let store = try open()
        let key = try await store.key()
        let file = "keys/dpop.ES256.entry"
        let sealed = try folder.bytes(file)
        for index in sealed.indices {
            var bytes = sealed
            bytes[index] ^= 1 << UInt8(index % 8)
            try folder.overwrite(file, bytes)
            let kind = await kind { _ = try await store.key() }
            #expect(kind == .corrupt || kind == .wrongKey)
            #expect(try folder.bytes(file) == bytes)
        }
        try folder.overwrite(file, sealed)
        #expect(try await store.key().thumbprint == key.thumbprint)
        Promise.seen(50, "0 other keys made for a key file with a flipped bit, in each of \(sealed.count) bytes")
    }

    @Test("P50: A key under another encryption key is an error, and no other key is made in its place")
    func wrongKey() async throws {
        _ = try await open().key()
        let other = try DPoPKeyStore(
            directory: folder.path("keys"),
            encryption: .aes256GCM(keys: [[UInt8](repeating: 8, count: 32)])
        )
        let sealed = try folder.bytes("keys/dpop.ES256.entry")
        #expect(await kind { _ = try await other.key() } == .wrongKey)
        #expect(await kind { _ = try await other.storedKey() } == .wrongKey)
        #expect(try folder.bytes("keys/dpop.ES256.entry") == sealed)
    }

    @Test("The key of one algorithm is not taken for another's")
    func swapped() async throws {
        let store = try open()
        _ = try await store.key(.es256)
        try FileManager.default.copyItem(
            atPath: folder.path("keys/dpop.ES256.entry"),
            toPath: folder.path("keys/dpop.EdDSA.entry")
        )
        #expect(await kind { _ = try await store.key(.edDSA) } == .corrupt)
    }

    @Test("Keys are not kept unsealed, nor in a folder with tokens, nor tokens in one with keys")
    func apart() async throws {
        #expect(
            await kind { _ = try DPoPKeyStore(directory: folder.path("keys"), encryption: .none) } == .configuration
        )
        _ = try FileTokenStore(directory: folder.path("tokens"), encryption: encryption)
        #expect(
            await kind { _ = try DPoPKeyStore(directory: folder.path("tokens"), encryption: encryption) }
                == .configuration
        )
        _ = try open()
        #expect(
            await kind { _ = try FileTokenStore(directory: folder.path("keys"), encryption: encryption) } == .configuration
        )
        _ = try FileTokenStore(directory: folder.path("tokens"), encryption: encryption)
        _ = try open()
    }

    @Test(
        "A private key reads as it was written, for each algorithm",
        arguments: [SignatureAlgorithm.es256, .es384, .edDSA]
    )
    func export(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let bytes = try key.privateKeyPKCS8()
        let again = try SigningKey(pkcs8: bytes, algorithm: algorithm)
        #expect(try key.publicKey.isValid(signature: again.sign([1]), for: [1], algorithm: algorithm))
        for damaged in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.reversed())] {
            #expect(throws: CryptoError.self) { _ = try SigningKey(pkcs8: damaged, algorithm: algorithm) }
        }
        #expect(throws: CryptoError.self) { _ = try SigningKey(pkcs8: bytes, algorithm: .rs256) }
    }
}
