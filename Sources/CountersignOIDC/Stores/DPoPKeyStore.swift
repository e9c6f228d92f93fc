public import Countersign
import CountersignCrypto

/// A store of the program's DPoP keys in a directory, so that tokens bound to them survive a restart.
///
/// ```swift
/// let keys = try DPoPKeyStore(directory: "/var/lib/shop/keys", encryption: encryption)
/// let credentials = ClientCredentials.secret(id: "shop", secret).dpopKey(try await keys.key(.es256))
/// ```
///
/// Anyone who has a token and its key can use the token. Keys are therefore kept apart from tokens, in a directory of
/// their own, and always encrypted. The directory has the same requirements as a ``FileTokenStore``'s. Processes of one
/// machine that share the directory share the keys.
///
/// A stored key that cannot be read is an error. It is not replaced, because the tokens bound to it would become useless.
public final class DPoPKeyStore: Sendable {
    private let files: FileTokenStore

    /// Opens a directory, creating it and its parents if they are missing.
    ///
    /// - Parameters:
    ///   - directory: The path of the directory, which must contain nothing else.
    ///   - encryption: The encryption of the keys. `StoreEncryption.none` is rejected.
    ///   - clock: The clock that measures how long a caller waits for another process.
    /// - Throws: `TokenStoreError` if the directory is unusable, or belongs to a token store.
    public init(
        directory: String,
        encryption: StoreEncryption,
        clock: any RuntimeClock = SystemClock()
    ) throws(TokenStoreError) {
        guard encryption.isOn else {
            throw TokenStoreError(.configuration, "private keys must be encrypted; pass an encryption other than none")
        }
        files = try FileTokenStore(directory: directory, encryption: encryption, clock: clock, purpose: .keys)
    }

    /// Returns the key of an algorithm, generating and storing one if there is none.
    ///
    /// All processes that share the directory get the same key.
    ///
    /// - Throws: `TokenStoreError` if the key cannot be read, generated or stored.
    public nonisolated(nonsending) func key(
        _ algorithm: DPoPAlgorithm = .es256
    ) async throws(TokenStoreError) -> DPoPKey {
        if let key = try await storedKey(algorithm) { return key }
        let name = Self.name(algorithm)
        let lease: any StoreLease
        do throws(TokenStoreError) {
            lease = try await files.lease(name, for: .seconds(30), waitingAtMost: .seconds(30))
        } catch {
            // The holder of the lease may have stored the key by now.
            guard error.kind == .leaseUnavailable, let key = try await storedKey(algorithm) else { throw error }
            return key
        }
        let key: DPoPKey
        do throws(TokenStoreError) {
            key = try await generateKey(algorithm)
        } catch {
            await lease.release()
            throw error
        }
        await lease.release()
        return key
    }

    /// Returns the stored key of an algorithm, or nil if there is none.
    ///
    /// Use it when a missing key must not be replaced, for example to restore a session.
    ///
    /// - Throws: `TokenStoreError` if the key cannot be read.
    public nonisolated(nonsending) func storedKey(
        _ algorithm: DPoPAlgorithm = .es256
    ) async throws(TokenStoreError) -> DPoPKey? {
        guard let entry = try await files.load(Self.name(algorithm)) else { return nil }
        do throws(CryptoError) {
            return try DPoPKey(SigningKey(pkcs8: entry.contents, algorithm: algorithm.signature))
        } catch {
            throw TokenStoreError(
                .corrupt,
                "the entry '\(Self.name(algorithm))' is not an \(algorithm.rawValue) key: \(error.message)"
            )
        }
    }

    /// Generates and stores a key while this process holds the lease.
    private nonisolated(nonsending) func generateKey(
        _ algorithm: DPoPAlgorithm
    ) async throws(TokenStoreError) -> DPoPKey {
        // The previous holder of the lease may have stored a key.
        if let key = try await storedKey(algorithm) { return key }
        let key: DPoPKey
        let bytes: [UInt8]
        do throws(CryptoError) {
            let signingKey = try SigningKey.generate(algorithm.signature)
            bytes = try signingKey.privateKeyPKCS8()
            key = try DPoPKey(signingKey)
        } catch {
            throw TokenStoreError(.unavailable, "generating a DPoP key failed: \(error.message)")
        }
        // Saved before it is returned: tokens bound to a key that is not stored would not survive a restart.
        _ = try await files.save(bytes, as: Self.name(algorithm), replacing: nil, until: nil)
        return key
    }

    private static func name(_ algorithm: DPoPAlgorithm) -> String { "dpop.\(algorithm.rawValue)" }
}
