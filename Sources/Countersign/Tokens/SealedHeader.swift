import CountersignCrypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The header of a stored entry: readable, and authenticated together with the contents.
///
/// It consists of `CSTE`, the format (1: plain, 2: AES-256-GCM), the length of the version, the expiry, the version, and
/// in format 2 the identifier of the key. The expiry is a number of nanoseconds since 1970 in 64 bits, big-endian;
/// `Int64.max` means that there is none.
struct SealedHeader {
    let version: StoreVersion
    let expiry: Date?
    let keyID: [UInt8]?
    let bytes: [UInt8]

    private static let magic = Array("CSTE".utf8)
    private static let fixedByteCount = 14
    private static let noExpiry = Int64.max

    init(version: StoreVersion, expiry: Date?, keyID: [UInt8]?) throws(TokenStoreError) {
        let text = Array(version.text.utf8)
        guard text.count <= 64, let length = UInt8(exactly: text.count) else {
            throw TokenStoreError(.configuration, "the version of an entry has \(text.count) bytes; the maximum is 64")
        }
        let nanoseconds = UInt64(bitPattern: expiry?.unixTime.wholeNanoseconds ?? Self.noExpiry)
        self.version = version
        self.expiry = expiry
        self.keyID = keyID
        bytes =
            Self.magic + [keyID == nil ? 1 : 2, length]
            + (0..<8).map { UInt8(truncatingIfNeeded: nanoseconds >> (56 - 8 * $0)) }
            + text + (keyID ?? [])
    }

    private init(version: StoreVersion, expiry: Date?, keyID: [UInt8]?, bytes: [UInt8]) {
        (self.version, self.expiry, self.keyID, self.bytes) = (version, expiry, keyID, bytes)
    }

    /// Parses a stored entry into its header and the rest; `nil` if it has no valid header.
    static func read(_ bytes: [UInt8]) -> (SealedHeader, body: ArraySlice<UInt8>)? {
        guard bytes.count >= fixedByteCount, bytes.starts(with: magic), bytes[4] == 1 || bytes[4] == 2 else {
            return nil
        }
        let versionEnd = fixedByteCount + Int(bytes[5])
        let end = versionEnd + (bytes[4] == 2 ? StoreKey.idByteCount : 0)
        guard bytes.count >= end, let text = String(validating: bytes[fixedByteCount..<versionEnd], as: UTF8.self)
        else { return nil }
        let nanoseconds = Int64(bitPattern: bytes[6..<fixedByteCount].reduce(0) { $0 << 8 | UInt64($1) })
        let header = SealedHeader(
            version: StoreVersion(text),
            expiry: nanoseconds == noExpiry ? nil : Date(unixTime: .nanoseconds(nanoseconds)),
            keyID: bytes[4] == 2 ? Array(bytes[versionEnd..<end]) : nil,
            bytes: Array(bytes[..<end])
        )
        return (header, bytes[end...])
    }

    /// Returns the bytes that are authenticated besides the contents.
    ///
    /// The header contains its own length, so the name after it is unambiguous.
    func authenticated(with name: String) -> [UInt8] {
        bytes + name.utf8
    }

    /// Returns the checksum of an entry that is not encrypted.
    func digest(of contents: [UInt8], name: String) -> [UInt8] {
        SHA2.sha256(SHA2.sha256(authenticated(with: name)) + contents)
    }
}
