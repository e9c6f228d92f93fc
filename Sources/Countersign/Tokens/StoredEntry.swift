import CountersignCrypto

/// What a ``TokenStore`` holds under a name.
///
/// It does not print its contents.
public struct StoredEntry: Sendable, Hashable {
    /// The bytes that were saved.
    public var contents: [UInt8]
    /// Which save they came from.
    public var version: StoreVersion

    public init(contents: [UInt8], version: StoreVersion) {
        self.contents = contents
        self.version = version
    }
}

extension StoredEntry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "StoredEntry(\(version), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["version": version]) }
}

/// Which save of an entry is meant.
///
/// It means nothing outside of its store. For one name it never comes again, not even after the entry was removed.
public struct StoreVersion: Sendable, Hashable, CustomStringConvertible {
    /// How the store writes the version, at most 64 bytes.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// A version that there has not been yet: 128 random bits.
    ///
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/unavailable`` when the system gives no random bytes.
    public static func unique() throws(TokenStoreError) -> StoreVersion {
        do throws(CryptoError) {
            return StoreVersion(Base64URL.encode(try SecureRandom.bytes(16)))
        } catch {
            throw TokenStoreError(.unavailable, error.detail)
        }
    }

    public var description: String { text }
}
