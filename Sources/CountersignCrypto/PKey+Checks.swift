import COpenSSL

extension PKey {
    /// Validates a key and returns its public numbers.
    ///
    /// - Throws: ``CryptoError`` for an unsupported type, a weak key or a point off its curve.
    func checkedComponents() throws(CryptoError) -> KeyComponents {
        try ErrorQueue.restoring { () throws(CryptoError) in
            let components = try publicComponents()
            if case .rsa(let n, let e) = components {
                // OpenSSL's check runs a primality test: 8 ms for 3072 bits, and an untrusted key set may have a hundred
                // keys. An issuer with a bad modulus only weakens its own signatures.
                try RSAPolicy.check(n: n, e: e)
                return components
            }
            let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil)
            defer { EVP_PKEY_CTX_free(context) }
            guard EVP_PKEY_public_check(context) == 1 else {
                throw CryptoError(.malformedKey, "the public key is not a point of its curve")
            }
            return components
        }
    }

    /// Validates that the private half is in range and belongs to the public half.
    func checkPrivateHalf() throws(CryptoError) {
        let isSound = ErrorQueue.restoring {
            let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil)
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_private_check(context) == 1
        }
        guard isSound else { throw CryptoError(.malformedKey, "the private key is missing or invalid") }
    }

    private func publicComponents() throws(CryptoError) -> KeyComponents {
        if EVP_PKEY_is_a(pointer, "EC") == 1 {
            let group = groupName()
            guard let curve = EllipticCurve.allCases.first(where: { $0.groupName == group }), !hasExplicitCurve else {
                throw CryptoError(.unsupportedKey, "an EC key must use the named curve P-256, P-384 or P-521")
            }
            let length = curve.coordinateByteCount
            guard let x = number(OSSL_PKEY_PARAM_EC_PUB_X, byteCount: length),
                let y = number(OSSL_PKEY_PARAM_EC_PUB_Y, byteCount: length)
            else { throw CryptoError(.malformedKey, "the public point of the EC key is missing") }
            return .ec(curve: curve, x: x, y: y)
        }
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            guard let n = number(OSSL_PKEY_PARAM_RSA_N), let e = number(OSSL_PKEY_PARAM_RSA_E) else {
                throw CryptoError(.malformedKey, "the modulus or the exponent of the RSA key is missing")
            }
            return .rsa(n: n, e: e)
        }
        if EVP_PKEY_is_a(pointer, "ED25519") == 1 {
            var x = [UInt8](repeating: 0, count: 32)
            var count = x.count
            guard EVP_PKEY_get_raw_public_key(pointer, &x, &count) == 1, count == x.count else {
                throw CryptoError(.malformedKey, "the public half of the Ed25519 key is missing")
            }
            return .okp(x: x)
        }
        throw CryptoError(.unsupportedKey, "unsupported key type; use EC, RSA or Ed25519")
    }

    private func groupName() -> String {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return "" }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// True if the curve is given by explicit parameters, which can hide a forged generator (CVE-2020-0601).
    private var hasExplicitCurve: Bool {
        var isExplicit: Int32 = 0
        let known = EVP_PKEY_get_int_param(pointer, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &isExplicit)
        return known == 1 && isExplicit != 0
    }

    /// Returns a number of the key, big-endian, padded to `byteCount` or without padding.
    private func number(_ name: String, byteCount: Int? = nil) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else { return nil }
        defer { BN_free(number) }
        let count = byteCount ?? Int(BN_num_bits(number) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        return BN_bn2binpad(number, &bytes, Int32(count)) == Int32(count) ? bytes : nil
    }
}
