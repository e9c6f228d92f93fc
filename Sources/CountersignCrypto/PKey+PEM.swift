import COpenSSL

extension PKey {
    /// Reads an unencrypted private key: PKCS#8, SEC 1 (EC) or PKCS#1 (RSA).
    convenience init(privatePEM text: String) throws(CryptoError) {
        let reading = PEMReading(text) { PEM_read_bio_PrivateKey($0, nil, rejectPassphrase, $1) }
        if reading.askedForPassphrase {
            throw CryptoError(
                .encryptedKey,
                "the private key is encrypted; decrypt it first (openssl pkcs8 -in … -out …)"
            )
        }
        guard let key = reading.key else {
            throw CryptoError(.malformedKey, "no PEM private key found (PKCS#8, SEC 1 or PKCS#1)")
        }
        self.init(owning: key)
    }

    /// Reads a public key (SubjectPublicKeyInfo).
    convenience init(publicPEM text: String) throws(CryptoError) {
        guard let key = PEMReading(text, { PEM_read_bio_PUBKEY($0, nil, rejectPassphrase, $1) }).key else {
            throw CryptoError(.malformedKey, "no PEM public key found (BEGIN PUBLIC KEY)")
        }
        self.init(owning: key)
    }
}

/// The result of reading a key from PEM, without a passphrase prompt on the terminal.
private struct PEMReading {
    private(set) var key: OpaquePointer?
    private(set) var askedForPassphrase = false

    /// The maximum length of a PEM text; an RSA key of 8192 bits needs 7 KiB.
    private static let maximumByteCount = 64 * 1024

    init(
        _ text: String,
        _ read: (_ source: OpaquePointer?, _ wasAsked: UnsafeMutableRawPointer) -> OpaquePointer?
    ) {
        var text = text
        text.withUTF8 { bytes in
            guard bytes.count <= Self.maximumByteCount else { return }
            ErrorQueue.restoring {
                let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
                defer { BIO_free(source) }
                key = read(source, &askedForPassphrase)
            }
        }
    }
}

/// Replaces OpenSSL's passphrase callback, which would prompt on the terminal, and records that it was called.
private func rejectPassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int32,
    _ isForWriting: Int32,
    _ wasAsked: UnsafeMutableRawPointer?
) -> Int32 {
    wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}
