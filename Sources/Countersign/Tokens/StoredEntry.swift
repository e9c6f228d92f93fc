import CountersignCrypto

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An entry of a ``TokenStore``.
///
/// Its description does not contain its contents.
public struct StoredEntry: Sendable, Hashable {
    /// The saved bytes.
    public var contents: [UInt8]
    /// The version of the entry, which changes with each save.
    public var version: StoreVersion

    /// Creates an entry, in an implementation of a store.
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

/// The version of an entry, which changes with each save.
///
/// It has no meaning outside of its store. The versions of one name never repeat, not even after the entry is removed.
public struct StoreVersion: Sendable, Hashable, CustomStringConvertible {
    /// The version as the store writes it, at most 64 bytes.
    public let text: String

    /// Creates a version from the text that a store has written.
    public init(_ text: String) {
        self.text = text
    }

    /// Returns a new version of 128 random bits.
    ///
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/unavailable`` if the system returns no random bytes.
    public static func unique() throws(TokenStoreError) -> StoreVersion {
        do throws(CryptoError) {
            return StoreVersion(Base64URL.encode(try SecureRandom.bytes(16)))
        } catch {
            throw TokenStoreError(.unavailable, error.message)
        }
    }

    public var description: String { text }
}

// MARK: - Checks of every store

extension StoredEntry {
    /// The maximum size of an entry's contents in bytes: 1 MiB.
    public static let maximumByteCount = 1 << 20

    /// The seconds after which an expiry in the past is taken for the sign of a wrong clock.
    private static let maximumAgeOfExpiry = 86_400.0

    /// Checks the name of an entry.
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
        // The name is not part of the message: it could be a token that was passed by mistake.
        guard isValid else {
            throw TokenStoreError(
                .invalidName,
                "the name of an entry is invalid; use 1 to 200 characters of A-Z a-z 0-9 . _ -"
            )
        }
    }

    /// Checks the size of an entry's contents.
    ///
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration``.
    public static func check(contents: [UInt8]) throws(TokenStoreError) {
        guard contents.count <= maximumByteCount else {
            throw TokenStoreError(
                .configuration,
                "the entry has \(contents.count) bytes; the maximum is \(maximumByteCount)"
            )
        }
    }

    /// Checks the expiry of an entry that is saved.
    ///
    /// An expiry more than a day ago means that the runtime and the store use different clocks. The start of 1970, and
    /// any earlier time, is valid: it saves an entry that has already expired.
    ///
    /// - Parameters:
    ///   - expiry: The time at which the entry expires; nil for an entry that does not expire.
    ///   - now: The time of the store's clock.
    /// - Throws: ``TokenStoreError`` of kind ``TokenStoreError/Kind/configuration``.
    public static func check(expiry: Date?, at now: Date) throws(TokenStoreError) {
        guard let expiry, expiry.timeIntervalSince1970 > 0, expiry < now - maximumAgeOfExpiry else { return }
        throw TokenStoreError(
            .configuration,
            "the entry expired long before it was saved; use the same clock for the store as for the runtime"
        )
    }
}
