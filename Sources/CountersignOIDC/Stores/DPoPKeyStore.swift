public import Countersign
import CountersignCrypto

/// The program's own DPoP keys in a folder of files, so that what is bound to them survives a restart.
///
/// ```swift
/// let keys = try DPoPKeyStore(directory: "/var/lib/shop/keys", encryption: encryption)
/// let credentials = ClientCredentials.secret(id: "shop", secret).dpopKey(try await keys.key(.es256))
/// ```
///
/// Who has a token and its key can use it: so keys are kept apart from tokens, in a folder of their own, and only sealed.
/// The same rules hold for the folder as for a ``FileTokenStore``'s; processes of one machine that share it share the keys.
///
/// A key that is there and cannot be read is an error. Another one is not made in its place: the tokens that are bound to
/// it would be lost.
public final class DPoPKeyStore: Sendable {
    private let files: FileTokenStore

    /// Opens a folder, after making it, and those above it, where they are missing.
    ///
    /// - Parameters:
    ///   - directory: The folder's path; it holds nothing else.
    ///   - encryption: How keys are sealed. `StoreEncryption.none` is refused.
    ///   - clock: What tells how long somebody has waited.
    /// - Throws: `TokenStoreError` when the folder cannot be used, or is a token store's.
    public init(
        directory: String,
        encryption: StoreEncryption,
        clock: any RuntimeClock = SystemClock()
    ) throws(TokenStoreError) {
        guard encryption.isOn else {
            throw TokenStoreError(.configuration, "private keys are not kept unsealed: give their store an encryption")
        }
        files = try FileTokenStore(directory: directory, encryption: encryption, clock: clock, purpose: .keys)
    }

    /// The key of an algorithm, made and kept when there is none yet.
    ///
    /// All processes that ask get the same one.
    ///
    /// - Throws: `TokenStoreError` when it cannot be read, made or kept.
    public nonisolated(nonsending) func key(
        _ algorithm: DPoPAlgorithm = .es256
    ) async throws(TokenStoreError) -> DPoPKey {
        if let key = try await storedKey(algorithm) { return key }
        let name = Self.name(algorithm)
        let lease: any StoreLease
        do throws(TokenStoreError) {
            lease = try await files.lease(name, for: .seconds(30), waitingAtMost: .seconds(30))
        } catch {
            // Whoever has it may have made the key all the same, and those before us in the line have looked at it.
            guard error.kind == .leaseUnavailable, let key = try await storedKey(algorithm) else { throw error }
            return key
        }
        let key: DPoPKey
        do throws(TokenStoreError) {
            key = try await makeKey(algorithm)
        } catch {
            await lease.release()
            throw error
        }
        await lease.release()
        return key
    }

    /// The key of an algorithm, if there is one: for what is bound to a key that must not be replaced.
    ///
    /// - Throws: `TokenStoreError` when it cannot be read.
    public nonisolated(nonsending) func storedKey(
        _ algorithm: DPoPAlgorithm = .es256
    ) async throws(TokenStoreError) -> DPoPKey? {
        guard let entry = try await files.load(Self.name(algorithm)) else { return nil }
        do throws(CryptoError) {
            return try DPoPKey(SigningKey(pkcs8: entry.contents, algorithm: algorithm.signature))
        } catch {
            throw TokenStoreError(
                .corrupt,
                "the entry '\(Self.name(algorithm))' is no \(algorithm.rawValue) key: \(error.message)"
            )
        }
    }

    /// Under the lease, so that nobody else makes one.
    private nonisolated(nonsending) func makeKey(
        _ algorithm: DPoPAlgorithm
    ) async throws(TokenStoreError) -> DPoPKey {
        if let key = try await storedKey(algorithm) { return key }
        let key: SigningKey
        let bound: DPoPKey
        let bytes: [UInt8]
        do throws(CryptoError) {
            key = try SigningKey.generate(algorithm.signature)
            bytes = try key.privateKeyPKCS8()
            bound = try DPoPKey(key)
        } catch {
            throw TokenStoreError(.unavailable, "no DPoP key could be made: \(error.message)")
        }
        // A key that is not kept is not used.
        _ = try await files.save(bytes, as: Self.name(algorithm), replacing: nil, until: nil)
        return bound
    }

    private static func name(_ algorithm: DPoPAlgorithm) -> String { "dpop.\(algorithm.rawValue)" }
}
