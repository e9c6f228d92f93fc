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

    @Test("A key is generated once and restored after a restart", arguments: DPoPAlgorithm.allCases)
    func persistence(algorithm: DPoPAlgorithm) async throws {
        #expect(try await open().storedKey(algorithm) == nil)
        let key = try await open().key(algorithm)
        #expect(key.algorithm == algorithm)
        #expect(try await open().key(algorithm).thumbprint == key.thumbprint)
        #expect(try await open().storedKey(algorithm)?.thumbprint == key.thumbprint)
    }

    @Test("20 tasks with two stores get the same new key")
    func race() async throws {
        let stores = [try open(), try open()]
        let thumbprints = await withTaskGroup(of: String?.self) { group in
            for index in 0..<20 { group.addTask { try? await stores[index % 2].key().thumbprint } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(thumbprints.count == 1)
        #expect(thumbprints.first != .some(nil))
    }

    @Test("A stored key is returned even if its creator does not release the lease")
    func stuckHolder() async throws {
        let file = "keys/dpop.ES256.entry"
        let stored = try await open().key()
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
        #expect(try await key.thumbprint == stored.thumbprint)

        try folder.remove(file)
        async let none = storeErrorKind { _ = try await open().key() }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(30))
        #expect(await none == .leaseUnavailable)
    }

    @Test("P50: A key file with a flipped bit is an error, and the key is not replaced")
    func damaged() async throws {
        let store = try open()
        let key = try await store.key()
        let file = "keys/dpop.ES256.entry"
        let sealed = try folder.bytes(file)
        for index in sealed.indices {
            var bytes = sealed
            bytes[index] ^= 1 << UInt8(index % 8)
            try folder.overwrite(file, bytes)
            let kind = await storeErrorKind { _ = try await store.key() }
            #expect(kind == .corrupt || kind == .wrongKey)
            #expect(try folder.bytes(file) == bytes)
        }
        try folder.overwrite(file, sealed)
        #expect(try await store.key().thumbprint == key.thumbprint)
        Promise.seen(50, "0 keys replaced because of a flipped bit, in each of \(sealed.count) bytes of the key file")
    }

    @Test("P50: A key encrypted with another key is an error, and is not replaced")
    func wrongKey() async throws {
        _ = try await open().key()
        let other = try DPoPKeyStore(
            directory: folder.path("keys"),
            encryption: .aes256GCM(keys: [[UInt8](repeating: 8, count: 32)])
        )
        let sealed = try folder.bytes("keys/dpop.ES256.entry")
        #expect(await storeErrorKind { _ = try await other.key() } == .wrongKey)
        #expect(await storeErrorKind { _ = try await other.storedKey() } == .wrongKey)
        #expect(try folder.bytes("keys/dpop.ES256.entry") == sealed)
    }

    @Test("The key of one algorithm is not accepted for another one")
    func swapped() async throws {
        let store = try open()
        _ = try await store.key(.es256)
        try FileManager.default.copyItem(
            atPath: folder.path("keys/dpop.ES256.entry"),
            toPath: folder.path("keys/dpop.EdDSA.entry")
        )
        #expect(await storeErrorKind { _ = try await store.key(.edDSA) } == .corrupt)
    }

    @Test("Keys must be encrypted, and keys and tokens need separate directories")
    func separation() async throws {
        #expect(
            await storeErrorKind { _ = try DPoPKeyStore(directory: folder.path("keys"), encryption: .none) }
                == .configuration
        )
        _ = try FileTokenStore(directory: folder.path("tokens"), encryption: encryption)
        #expect(
            await storeErrorKind { _ = try DPoPKeyStore(directory: folder.path("tokens"), encryption: encryption) }
                == .configuration
        )
        _ = try open()
        #expect(
            await storeErrorKind { _ = try FileTokenStore(directory: folder.path("keys"), encryption: encryption) }
                == .configuration
        )
        _ = try FileTokenStore(directory: folder.path("tokens"), encryption: encryption)
        _ = try open()
    }

    @Test(
        "An exported private key can be imported, for each algorithm",
        arguments: [SignatureAlgorithm.es256, .es384, .edDSA]
    )
    func export(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let bytes = try key.privateKeyPKCS8()
        let imported = try SigningKey(pkcs8: bytes, algorithm: algorithm)
        #expect(try key.publicKey.isValid(signature: imported.sign([1]), for: [1], algorithm: algorithm))
        for damaged in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.reversed())] {
            #expect(throws: CryptoError.self) { _ = try SigningKey(pkcs8: damaged, algorithm: algorithm) }
        }
        #expect(throws: CryptoError.self) { _ = try SigningKey(pkcs8: bytes, algorithm: .rs256) }
    }
}
