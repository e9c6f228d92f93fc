import COpenSSL

extension PKey {
    /// Verifies a signature in OpenSSL's form.
    ///
    /// The caller restores the error queue.
    func verify(
        _ signature: UnsafeRawBufferPointer,
        for message: UnsafeRawBufferPointer,
        algorithm: SignatureAlgorithm
    ) -> Bool {
        let bytes = signature.assumingMemoryBound(to: UInt8.self).baseAddress
        let text = message.assumingMemoryBound(to: UInt8.self).baseAddress
        guard let digest = algorithm.digest else {
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            return EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, pointer, nil) == 1
                && EVP_DigestVerify(context, bytes, signature.count, text, message.count) == 1
        }
        let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil)
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_verify_init(context) == 1, algorithm.configure(context) else { return false }
        return withUnsafeTemporaryAllocation(byteCount: Digest.maximumByteCount, alignment: 1) { hash in
            digest.hash(message, into: hash)
            let hashed = hash.assumingMemoryBound(to: UInt8.self).baseAddress
            return EVP_PKEY_verify(context, bytes, signature.count, hashed, digest.byteCount) == 1
        }
    }
}

extension SignatureAlgorithm {
    /// Sets the hash and the padding of a context for signing or verifying a digest.
    func configure(_ context: OpaquePointer?) -> Bool {
        guard let digest, EVP_PKEY_CTX_set_signature_md(context, digest.function) == 1 else { return false }
        switch self {
        case .es256, .es384, .es512, .edDSA:
            return true
        case .rs256:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .ps256:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest.function) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(digest.byteCount)) == 1
        }
    }
}
