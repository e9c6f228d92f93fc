import COpenSSL

/// The hash functions SHA-256, SHA-384 and SHA-512 (FIPS 180-4).
package enum SHA2 {
    /// Returns the 32 bytes of the SHA-256 digest of `bytes`.
    package static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] { Digest.sha256.hash(bytes) }

    /// Returns the 48 bytes of the SHA-384 digest of `bytes`.
    package static func sha384(_ bytes: some Sequence<UInt8>) -> [UInt8] { Digest.sha384.hash(bytes) }

    /// Returns the 64 bytes of the SHA-512 digest of `bytes`.
    package static func sha512(_ bytes: some Sequence<UInt8>) -> [UInt8] { Digest.sha512.hash(bytes) }

    /// Writes the SHA-256 digest of `bytes` to the first 32 bytes of `output`, without an allocation.
    ///
    /// - Precondition: `output` has at least 32 bytes.
    package static func sha256(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count >= Digest.sha256.byteCount, "a SHA-256 digest needs 32 bytes, not \(output.count)")
        Digest.sha256.hash(bytes, into: output)
    }
}

/// A hash function of OpenSSL, fetched once, since fetching it by name takes longer than a short hash.
///
/// Threads may share it: a fetched `EVP_MD` is immutable, and these are never freed.
struct Digest: @unchecked Sendable {
    let function: OpaquePointer
    let name: String
    let byteCount: Int

    static let sha256 = Digest("SHA2-256")
    static let sha384 = Digest("SHA2-384")
    static let sha512 = Digest("SHA2-512")

    static let maximumByteCount = 64

    private init(_ name: String) {
        OpenSSL.prepare()
        // Without SHA-2 (a broken openssl.cnf) no call can succeed, and a missing hash has no safe substitute.
        guard let function = EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("OpenSSL offers no \(name); check openssl.cnf and its providers")
        }
        self.function = function
        self.name = name
        self.byteCount = Int(EVP_MD_get_size(function))
    }

    func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.withContiguousStorageIfAvailable { hash(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { hash($0) }
    }

    private func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            hash(bytes, into: UnsafeMutableRawBufferPointer(buffer))
            count = byteCount
        }
    }

    /// Writes the digest to the start of `output`, which must be large enough.
    func hash(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) {
        let done = EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, nil, function, nil)
        // This only fails if memory is exhausted; an unwritten digest must not be used.
        precondition(done == 1, "OpenSSL could not allocate a hash context")
    }
}
