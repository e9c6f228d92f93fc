import CountersignCrypto

/// What stands before the contents of a stored entry, for all to read and authenticated with them.
///
/// `CSTE`, the format (1: plain, 2: AES-256-GCM), the version's length, the expiry (64 bits, big-endian nanoseconds since
/// 1970, all but the first bit set for none), the version, and in format 2 the key's identifier.
struct SealedHeader {
    let version: StoreVersion
    let expiry: Duration?
    let keyID: [UInt8]?
    let bytes: [UInt8]

    private static let magic = Array("CSTE".utf8)
    private static let fixedByteCount = 14
    private static let noExpiry = Int64.max

    init(version: StoreVersion, expiry: Duration?, keyID: [UInt8]?) throws(TokenStoreError) {
        let text = Array(version.text.utf8)
        guard text.count <= 64, let length = UInt8(exactly: text.count) else {
            throw TokenStoreError(.configuration, "a version has at most 64 bytes")
        }
        let nanoseconds = UInt64(bitPattern: expiry?.wholeNanoseconds ?? Self.noExpiry)
        self.version = version
        self.expiry = expiry
        self.keyID = keyID
        bytes =
            Self.magic + [keyID == nil ? 1 : 2, length]
            + (0..<8).map { UInt8(truncatingIfNeeded: nanoseconds >> (56 - 8 * $0)) }
            + text + (keyID ?? [])
    }

    private init(version: StoreVersion, expiry: Duration?, keyID: [UInt8]?, bytes: [UInt8]) {
        (self.version, self.expiry, self.keyID, self.bytes) = (version, expiry, keyID, bytes)
    }

    /// The header of a stored entry and what follows it; `nil` when it is none.
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
            expiry: nanoseconds == noExpiry ? nil : .nanoseconds(nanoseconds),
            keyID: bytes[4] == 2 ? Array(bytes[versionEnd..<end]) : nil,
            bytes: Array(bytes[..<end])
        )
        return (header, bytes[end...])
    }

    /// What is authenticated beside the contents; the header says its own length, so that the name cannot run into it.
    func authenticated(with name: String) -> [UInt8] {
        bytes + name.utf8
    }

    /// What shows that an entry which is not sealed is whole.
    func digest(of contents: [UInt8], name: String) -> [UInt8] {
        SHA2.sha256(SHA2.sha256(authenticated(with: name)) + contents)
    }
}
