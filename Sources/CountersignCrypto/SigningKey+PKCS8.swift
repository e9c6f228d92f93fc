import COpenSSL

// Keys that outlive the process are stored as encrypted PKCS#8 (RFC 5958). Only key stores use these functions, and no
// other function exports or imports private bytes.
extension SigningKey {
    /// Returns the private key as unencrypted PKCS#8 in DER; the caller must encrypt it immediately.
    ///
    /// - Throws: ``CryptoError/Kind/libraryFailure`` if OpenSSL fails.
    package func privateKeyPKCS8() throws(CryptoError) -> [UInt8] {
        let bytes = ErrorQueue.restoring { () -> [UInt8]? in
            guard let info = EVP_PKEY2PKCS8(key.pointer) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            var buffer: UnsafeMutablePointer<UInt8>?
            let count = Int(i2d_PKCS8_PRIV_KEY_INFO(info, &buffer))
            guard count > 0, let buffer else { return nil }
            defer { CRYPTO_clear_free(buffer, count, #file, #line) }
            return Array(UnsafeBufferPointer(start: buffer, count: count))
        }
        guard let bytes else { throw CryptoError(.libraryFailure, "OpenSSL could not write the private key") }
        return bytes
    }

    /// Reads a key that was written by ``privateKeyPKCS8()``.
    ///
    /// - Throws: ``CryptoError`` if the bytes are not exactly one valid private key for `algorithm`.
    package convenience init(pkcs8 bytes: [UInt8], algorithm: SignatureAlgorithm) throws(CryptoError) {
        let pointer = ErrorQueue.restoring { () -> OpaquePointer? in
            bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
                guard buffer.count <= 64 * 1024 else { return nil }
                var position = buffer.baseAddress
                guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &position, buffer.count) else { return nil }
                defer { PKCS8_PRIV_KEY_INFO_free(info) }
                guard let position, position - buffer.count == buffer.baseAddress else { return nil }
                return EVP_PKCS82PKEY(info)
            }
        }
        guard let pointer else { throw CryptoError(.malformedKey, "the bytes are not a PKCS#8 private key") }
        try self.init(PKey(owning: pointer), algorithm: algorithm)
        try checkConsistency()
    }
}
