import COpenSSL

/// Authenticated encryption with AES-256-GCM (NIST SP 800-38D), a nonce of 12 bytes and a tag of 16 bytes.
package enum AESGCM {
    /// The length of a key in bytes.
    package static let keyByteCount = 32
    /// The length of a nonce in bytes; a nonce must never be reused with the same key.
    package static let nonceByteCount = 12
    /// The length of the authentication tag in bytes, which a sealed text has in addition to the plaintext.
    package static let tagByteCount = 16

    /// Encrypts `plaintext` and returns ciphertext‖tag; the tag also authenticates `authenticating`.
    ///
    /// - Throws: ``CryptoError/Kind/invalidLength`` for a key or nonce of another length, or a text of 2 GiB or more.
    package static func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        nonce: [UInt8],
        authenticating: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        try checkLengths(key: key, nonce: nonce, text: plaintext, authenticating: authenticating)
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
        let done = ErrorQueue.restoring {
            let context = EVP_CIPHER_CTX_new()
            defer { EVP_CIPHER_CTX_free(context) }
            var written: Int32 = 0
            return sealed.withUnsafeMutableBufferPointer { output in
                guard let start = output.baseAddress else { return false }
                return EVP_EncryptInit_ex2(context, cipher.function, key, nonce, nil) == 1
                    && EVP_EncryptUpdate(context, nil, &written, authenticating, Int32(authenticating.count)) == 1
                    && EVP_EncryptUpdate(context, start, &written, plaintext, Int32(plaintext.count)) == 1
                    && EVP_EncryptFinal_ex(context, start + plaintext.count, &written) == 1
                    && EVP_CIPHER_CTX_ctrl(
                        context,
                        EVP_CTRL_AEAD_GET_TAG,
                        Int32(tagByteCount),
                        start + plaintext.count
                    ) == 1
            }
        }
        guard done else { throw CryptoError(.libraryFailure, "OpenSSL could not encrypt with AES-256-GCM") }
        return sealed
    }

    /// Decrypts ciphertext‖tag and returns the plaintext, if the tag is valid.
    ///
    /// - Throws: ``CryptoError/Kind/authenticationFailed`` if the text was modified, or the key or `authenticating` is not
    ///   the one that it was sealed with; ``CryptoError/Kind/invalidLength`` for a key or nonce of another length.
    package static func open(
        _ sealed: [UInt8],
        key: [UInt8],
        nonce: [UInt8],
        authenticating: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        try checkLengths(key: key, nonce: nonce, text: sealed, authenticating: authenticating)
        let count = sealed.count - tagByteCount
        guard count >= 0 else {
            throw CryptoError(.authenticationFailed, "the sealed text is shorter than its authentication tag")
        }
        var tag = Array(sealed[count...])
        // One extra byte, so that the buffer of an empty text has an address.
        var plaintext = [UInt8](repeating: 0, count: count + 1)
        let isAuthentic = ErrorQueue.restoring {
            let context = EVP_CIPHER_CTX_new()
            defer { EVP_CIPHER_CTX_free(context) }
            var written: Int32 = 0
            return plaintext.withUnsafeMutableBufferPointer { output in
                guard let start = output.baseAddress else { return false }
                return EVP_DecryptInit_ex2(context, cipher.function, key, nonce, nil) == 1
                    && EVP_DecryptUpdate(context, nil, &written, authenticating, Int32(authenticating.count)) == 1
                    && EVP_DecryptUpdate(context, start, &written, sealed, Int32(count)) == 1
                    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1
                    && EVP_DecryptFinal_ex(context, start + count, &written) == 1
            }
        }
        guard isAuthentic else {
            throw CryptoError(.authenticationFailed, "the sealed text was modified, or sealed with another key")
        }
        plaintext.removeLast()
        return plaintext
    }

    private static func checkLengths(
        key: [UInt8],
        nonce: [UInt8],
        text: [UInt8],
        authenticating: [UInt8]
    ) throws(CryptoError) {
        guard key.count == keyByteCount, nonce.count == nonceByteCount else {
            throw CryptoError(
                .invalidLength,
                "AES-256-GCM requires a key of 32 bytes and a nonce of 12, not \(key.count) and \(nonce.count)"
            )
        }
        // OpenSSL counts in 32 bits.
        guard max(text.count, authenticating.count) < Int(Int32.max) - tagByteCount else {
            throw CryptoError(.invalidLength, "a text for AES-256-GCM must be shorter than 2 GiB")
        }
    }

    private static let cipher = Cipher()

    /// The cipher, fetched once.
    ///
    /// An `EVP_CIPHER` is immutable and this one is never freed, so threads may share it.
    private struct Cipher: @unchecked Sendable {
        // Null if OpenSSL has no AES; initializing a context then fails.
        let function = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
    }
}
