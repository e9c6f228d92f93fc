import COpenSSL

extension PKey {
    /// Reads an unencrypted private key: PKCS#8, SEC 1 (EC) or PKCS#1 (RSA).
    convenience init(privatePEM text: String) throws(CryptoError) {
        let reading = PEMReading(text) { PEM_read_bio_PrivateKey($0, nil, refusePassphrase, $1) }
        if reading.askedForPassphrase {
            throw CryptoError(
                .encryptedKey,
                "the private key is encrypted; decrypt it first (openssl pkcs8 -in … -out …)"
            )
        }
        guard let key = reading.key else {
            throw CryptoError(.malformedKey, "no private key in PEM form (PKCS#8, SEC 1 or PKCS#1) was found")
        }
        self.init(owning: key)
    }

    /// Reads a public key (SubjectPublicKeyInfo).
    convenience init(publicPEM text: String) throws(CryptoError) {
        guard let key = PEMReading(text, { PEM_read_bio_PUBKEY($0, nil, refusePassphrase, $1) }).key else {
            throw CryptoError(.malformedKey, "no public key in PEM form (BEGIN PUBLIC KEY) was found")
        }
        self.init(owning: key)
    }
}

/// One attempt to read a key from PEM, which never asks the terminal for a passphrase.
private struct PEMReading {
    private(set) var key: OpaquePointer?
    private(set) var askedForPassphrase = false

    /// The longest PEM that is looked at; a key of 8192 bits takes 7 KiB.
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

/// Stands in for OpenSSL's own callback, which would ask the terminal, and remembers that it was called.
private func refusePassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int32,
    _ isForWriting: Int32,
    _ wasAsked: UnsafeMutableRawPointer?
) -> Int32 {
    wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}
