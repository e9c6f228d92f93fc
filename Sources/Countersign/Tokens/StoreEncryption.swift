import CountersignCrypto

/// How a ``TokenStore`` seals what it keeps, so that a copy of the disk or of the server's memory tells nothing.
///
/// ```swift
/// let encryption = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"))
/// let rotated = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"), opening: .environment("OLD_KEY"))
/// ```
///
/// A key is 32 random bytes, written in hexadecimal or base64; `openssl rand -base64 32` makes one. To change the key,
/// put the new one first and the old one after it: each entry is sealed with the new key when it is next saved.
///
/// An entry opens only as what it was saved as: name, version and expiry are authenticated with it. One changed bit is
/// ``TokenStoreError/Kind/corrupt``, another key ``TokenStoreError/Kind/wrongKey``; neither is ever taken for "no entry".
/// What it cannot tell is an old copy from the newest: whoever may write into the store can put back what was there
/// before, a session that has ended for example. So the store is for the program alone to write.
///
/// Nonces are random, so change a key before it has sealed 2^32 entries (NIST SP 800-38D section 8.3).
public struct StoreEncryption: Sendable {
    /// The first one seals.
    ///
    /// None at all: nothing is sealed.
    private let keys: [StoreKey]

    /// Entries are kept as they are, with a checksum: for a disk that is encrypted, or to try things out.
    public static let none = StoreEncryption(keys: [])

    /// Entries are sealed with AES-256-GCM.
    ///
    /// - Parameters:
    ///   - key: What seals, and opens: 32 bytes in hexadecimal or base64.
    ///   - older: What else opens.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration`` when one of them is no such key.
    public static func aes256GCM(
        _ key: Secret,
        opening older: Secret...
    ) throws(TokenStoreError) -> StoreEncryption {
        var keys: [StoreKey] = []
        for secret in [key] + older { keys.append(try StoreKey(secret)) }
        return StoreEncryption(keys: keys)
    }

    /// Entries are sealed with AES-256-GCM, with keys that a key service or a keychain gave.
    ///
    /// - Parameter keys: Keys of 32 bytes: the first one seals, all of them open.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration`` for no key, or one of another length.
    public static func aes256GCM(keys: [[UInt8]]) throws(TokenStoreError) -> StoreEncryption {
        guard !keys.isEmpty else { throw TokenStoreError(.configuration, "an encryption needs a key") }
        var storeKeys: [StoreKey] = []
        for key in keys { storeKeys.append(try StoreKey(key)) }
        return StoreEncryption(keys: storeKeys)
    }

    private init(keys: [StoreKey]) {
        self.keys = keys
    }

    /// Whether entries are sealed.
    public var isOn: Bool { !keys.isEmpty }

    /// The bytes that a store writes for an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry, with the version that it gets.
    ///   - name: The entry's name.
    ///   - expiry: When it expires, since 1 January 1970 UTC.
    /// - Throws: ``TokenStoreError`` when the entry is too long, its version longer than 64 bytes, or the system gives no
    ///   random bytes.
    public func seal(
        _ entry: StoredEntry,
        as name: String,
        until expiry: Duration?
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
            throw TokenStoreError(.unavailable, "the entry '\(name)' could not be sealed: \(error.message)")
        }
    }

    /// The entry that a store has read.
    ///
    /// - Parameters:
    ///   - bytes: What ``seal(_:as:until:)`` made.
    ///   - name: The entry's name.
    /// - Returns: The entry, and when it expires.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/corrupt`` or ``TokenStoreError/Kind/wrongKey``.
    public func open(
        _ bytes: [UInt8],
        as name: String
    ) throws(TokenStoreError) -> (entry: StoredEntry, expiry: Duration?) {
        guard let (header, body) = SealedHeader.read(bytes) else {
            throw TokenStoreError(.corrupt, "the entry '\(name)' is damaged: it does not begin as an entry does")
        }
        let contents: [UInt8]
        if let keyID = header.keyID {
            contents = try open(body, sealedBy: keyID, header, name)
        } else {
            // Whoever can write files could otherwise put in an entry without knowing a key.
            guard !isOn else {
                throw TokenStoreError(.corrupt, "the entry '\(name)' is not sealed, but the store's entries must be")
            }
            let digest = body.prefix(32)
            contents = Array(body.dropFirst(32))
            guard digest.elementsEqual(header.digest(of: contents, name: name)) else { throw Self.damaged(name) }
        }
        guard contents.count <= StoredEntry.maximumByteCount else { throw Self.damaged(name) }
        return (StoredEntry(contents: contents, version: header.version), header.expiry)
    }

    private func open(
        _ body: ArraySlice<UInt8>,
        sealedBy keyID: [UInt8],
        _ header: SealedHeader,
        _ name: String
    ) throws(TokenStoreError) -> [UInt8] {
        guard let key = keys.first(where: { $0.id == keyID }) else {
            throw TokenStoreError(
                .wrongKey,
                isOn
                    ? "the entry '\(name)' is sealed under another key than the store's; add that key to those that open"
                    : "the entry '\(name)' is sealed, and the store has no key"
            )
        }
        do throws(CryptoError) {
            return try AESGCM.open(
                Array(body.dropFirst(AESGCM.nonceByteCount)),
                key: key.bytes,
                nonce: Array(body.prefix(AESGCM.nonceByteCount)),
                authenticating: header.authenticated(with: name)
            )
        } catch {
            throw Self.damaged(name)
        }
    }

    private static func damaged(_ name: String) -> TokenStoreError {
        TokenStoreError(.corrupt, "the entry '\(name)' is damaged, or was another entry's; restore or remove it")
    }
}

extension StoreEncryption: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { isOn ? "StoreEncryption(<redacted>)" : "StoreEncryption.none" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
