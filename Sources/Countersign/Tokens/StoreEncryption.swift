import CountersignCrypto

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The encryption of a ``TokenStore``, so that a copy of the disk or of the server's memory reveals no tokens.
///
/// ```swift
/// let encryption = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"))
/// let rotated = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"), opening: .environment("OLD_KEY"))
/// ```
///
/// A key consists of 32 random bytes in hexadecimal or base64; `openssl rand -base64 32` creates one. To change the key,
/// pass the new one first and the old one after it. Each entry is encrypted with the new key when it is next saved.
///
/// The name, the version and the expiry of an entry are authenticated with it. A changed bit is
/// ``TokenStoreError/Kind/corrupt`` and another key is ``TokenStoreError/Kind/wrongKey``; neither counts as a missing
/// entry.
///
/// An old copy of an entry is valid, too. Someone who can write to the store can therefore restore an earlier entry, for
/// example a session that has ended. Give only the program write access to the store.
///
/// Nonces are random, so change a key before it has encrypted 2^32 entries (NIST SP 800-38D section 8.3).
public struct StoreEncryption: Sendable {
    /// The first key encrypts, all of them decrypt.
    ///
    /// Without a key, entries are not encrypted.
    private let keys: [StoreKey]

    /// No encryption: entries are stored in plain text with a checksum.
    ///
    /// Use it on an encrypted disk, or for experiments.
    public static let none = StoreEncryption(keys: [])

    /// Returns an encryption with AES-256-GCM.
    ///
    /// - Parameters:
    ///   - key: The key that encrypts and decrypts: 32 bytes in hexadecimal or base64.
    ///   - older: Further keys that only decrypt.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration`` if a key is invalid.
    public static func aes256GCM(
        _ key: SecretValue,
        opening older: SecretValue...
    ) throws(TokenStoreError) -> StoreEncryption {
        var keys: [StoreKey] = []
        for secret in [key] + older { keys.append(try StoreKey(secret)) }
        return StoreEncryption(keys: keys)
    }

    /// Returns an encryption with AES-256-GCM and keys from a key service or a keychain.
    ///
    /// - Parameter keys: Keys of 32 bytes. The first one encrypts, all of them decrypt.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration`` if there is no key, or one has another
    ///   length.
    public static func aes256GCM(keys: [[UInt8]]) throws(TokenStoreError) -> StoreEncryption {
        guard !keys.isEmpty else { throw TokenStoreError(.configuration, "a key is required for the encryption") }
        var storeKeys: [StoreKey] = []
        for key in keys { storeKeys.append(try StoreKey(key)) }
        return StoreEncryption(keys: storeKeys)
    }

    private init(keys: [StoreKey]) {
        self.keys = keys
    }

    /// Indicates whether entries are encrypted.
    public var isOn: Bool { !keys.isEmpty }

    /// Returns the bytes that a store writes for an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry with its new version.
    ///   - name: The name of the entry.
    ///   - expiry: The time at which the entry expires; nil for an entry that does not expire.
    /// - Throws: ``TokenStoreError`` if the entry is too long, its version has more than 64 bytes, or the system returns no
    ///   random bytes.
    public func seal(
        _ entry: StoredEntry,
        as name: String,
        until expiry: Date?
    ) throws(TokenStoreError) -> [UInt8] {
        try StoredEntry.check(contents: entry.contents)
        let key = keys.first
        let header = try SealedHeader(version: entry.version, expiry: expiry, keyID: key?.id)
        do throws(CryptoError) {
            guard let key else {
                return header.bytes + header.digest(of: entry.contents, name: name) + entry.contents
            }
            let nonce = try SecureRandom.bytes(AESGCM.nonceByteCount)
            let sealed = try AESGCM.seal(
                entry.contents,
                key: key.bytes,
                nonce: nonce,
                authenticating: header.authenticated(with: name)
            )
            return header.bytes + nonce + sealed
        } catch {
            throw TokenStoreError(.unavailable, "the entry '\(name)' could not be encrypted: \(error.message)")
        }
    }

    /// Returns the entry of bytes that a store has read.
    ///
    /// - Parameters:
    ///   - bytes: The result of ``seal(_:as:until:)``.
    ///   - name: The name of the entry.
    /// - Returns: The entry and its expiry.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/corrupt`` or ``TokenStoreError/Kind/wrongKey``.
    public func open(
        _ bytes: [UInt8],
        as name: String
    ) throws(TokenStoreError) -> (entry: StoredEntry, expiry: Date?) {
        guard let (header, body) = SealedHeader.read(bytes) else {
            throw TokenStoreError(.corrupt, "the entry '\(name)' is damaged: its header is invalid")
        }
        let contents: [UInt8]
        if let keyID = header.keyID {
            contents = try decrypt(body, keyID: keyID, authenticating: header.authenticated(with: name), name: name)
        } else {
            // Otherwise someone who can write files could add an entry without a key.
            guard !isOn else {
                throw TokenStoreError(.corrupt, "the entry '\(name)' is not encrypted, and the store requires it")
            }
            let digest = body.prefix(32)
            contents = Array(body.dropFirst(32))
            guard digest.elementsEqual(header.digest(of: contents, name: name)) else { throw Self.damaged(name) }
        }
        guard contents.count <= StoredEntry.maximumByteCount else { throw Self.damaged(name) }
        return (StoredEntry(contents: contents, version: header.version), header.expiry)
    }

    private func decrypt(
        _ body: ArraySlice<UInt8>,
        keyID: [UInt8],
        authenticating authenticated: [UInt8],
        name: String
    ) throws(TokenStoreError) -> [UInt8] {
        guard let key = keys.first(where: { $0.id == keyID }) else {
            throw TokenStoreError(
                .wrongKey,
                isOn
                    ? "the entry '\(name)' is encrypted with a key that the store does not have; add that key"
                    : "the entry '\(name)' is encrypted, and the store has no key"
            )
        }
        do throws(CryptoError) {
            return try AESGCM.open(
                Array(body.dropFirst(AESGCM.nonceByteCount)),
                key: key.bytes,
                nonce: Array(body.prefix(AESGCM.nonceByteCount)),
                authenticating: authenticated
            )
        } catch {
            throw Self.damaged(name)
        }
    }

    private static func damaged(_ name: String) -> TokenStoreError {
        TokenStoreError(.corrupt, "the entry '\(name)' is damaged or belongs to another name; restore or remove it")
    }
}

extension StoreEncryption: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { isOn ? "StoreEncryption(<redacted>)" : "StoreEncryption.none" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
