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
            throw TokenStoreError(.unavailable, error.message)
        }
    }

    public var description: String { text }
}

// MARK: - What every store refuses

extension StoredEntry {
    /// The most bytes that an entry has: 1 MiB.
    public static let maximumByteCount = 1 << 20

    /// Refuses a name that no entry may have.
    ///
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/invalidName``.
    public static func check(name: String) throws(TokenStoreError) {
        let isValid =
            (1...200).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
        // The name is not repeated: whoever puts a token into one should not find it in a log.
        guard isValid else {
            throw TokenStoreError(.invalidName, "an entry's name has 1 to 200 characters of A-Z a-z 0-9 . _ -")
        }
    }

    /// Refuses contents that are too long to be kept.
    ///
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration``.
    public static func check(contents: [UInt8]) throws(TokenStoreError) {
        guard contents.count <= maximumByteCount else {
            throw TokenStoreError(
                .configuration,
                "an entry has at most \(maximumByteCount) bytes, not \(contents.count)"
            )
        }
    }

    /// Checks an entry's expiry: what was over a day ago when it is saved is so by another clock than the store's.
    ///
    /// Zero is none: it says that the entry is over at once.
    ///
    /// - Parameters:
    ///   - expiry: When the entry expires, since 1 January 1970 UTC; nil: never.
    ///   - now: The time by the store's clock, since 1 January 1970 UTC.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration``.
    public static func check(expiry: Duration?, at now: Duration) throws(TokenStoreError) {
        guard let expiry, expiry > .zero, expiry < now - .seconds(86_400) else { return }
        throw TokenStoreError(
            .configuration,
            "the entry's time was over long before it was saved: give the store the clock that the runtime has"
        )
    }
}
