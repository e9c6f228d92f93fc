import COpenSSL

extension PKey {
    /// The public numbers of a key, once it is known to be of a type used here and sound.
    func checkedComponents() throws(CryptoError) -> KeyComponents {
        try ErrorQueue.restoring { () throws(CryptoError) in
            let components = try publicComponents()
            if case .rsa(let n, let e) = components {
                // OpenSSL's own check tests the modulus for primality: 8 ms for 3072 bits, and a stranger's key set has
                // a hundred keys. Whoever publishes a bad modulus harms only signatures that are theirs to make.
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

    /// Refuses a private half that is out of range or does not belong to the public half.
    func checkPrivateHalf() throws(CryptoError) {
        let isSound = ErrorQueue.restoring {
            let context = EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil)
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_private_check(context) == 1
        }
        guard isSound else { throw CryptoError(.malformedKey, "there is no valid private key") }
    }

    private func publicComponents() throws(CryptoError) -> KeyComponents {
        if EVP_PKEY_is_a(pointer, "EC") == 1 {
            let group = groupName()
            guard let curve = EllipticCurve.allCases.first(where: { $0.groupName == group }), !hasExplicitCurve else {
                throw CryptoError(.unsupportedKey, "the curve of an EC key must be P-256, P-384 or P-521, by name")
            }
            let length = curve.coordinateByteCount
            guard let x = number(OSSL_PKEY_PARAM_EC_PUB_X, byteCount: length),
                let y = number(OSSL_PKEY_PARAM_EC_PUB_Y, byteCount: length)
            else { throw CryptoError(.malformedKey, "the EC key has no public point") }
            return .ec(curve: curve, x: x, y: y)
        }
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            guard let n = number(OSSL_PKEY_PARAM_RSA_N), let e = number(OSSL_PKEY_PARAM_RSA_E) else {
                throw CryptoError(.malformedKey, "the RSA key has no modulus or no exponent")
            }
            return .rsa(n: n, e: e)
        }
        if EVP_PKEY_is_a(pointer, "ED25519") == 1 {
            var x = [UInt8](repeating: 0, count: 32)
            var count = x.count
            guard EVP_PKEY_get_raw_public_key(pointer, &x, &count) == 1, count == x.count else {
                throw CryptoError(.malformedKey, "the Ed25519 key has no public half")
            }
            return .okp(x: x)
        }
        throw CryptoError(.unsupportedKey, "a key must be EC, RSA or Ed25519")
    }

    private func groupName() -> String {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &count) == 1 else { return "" }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the curve was written out as numbers, where a forged generator can hide (CVE-2020-0601).
    private var hasExplicitCurve: Bool {
        var isExplicit: Int32 = 0
        let known = EVP_PKEY_get_int_param(pointer, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &isExplicit)
        return known == 1 && isExplicit != 0
    }

    /// A number of the key, big-endian, padded to `byteCount` or as short as it is.
    private func number(_ name: String, byteCount: Int? = nil) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else { return nil }
        defer { BN_free(number) }
        let count = byteCount ?? Int(BN_num_bits(number) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        return BN_bn2binpad(number, &bytes, Int32(count)) == Int32(count) ? bytes : nil
    }
}
