import COpenSSL

/// The owner of an `EVP_PKEY`.
///
/// Threads may share it: OpenSSL allows concurrent use of a key that does not change, the key is not changed after `init`,
/// and only `deinit` frees it. `EVP_PKEY_free` cleanses the private half.
final class PKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes ownership of `pointer`.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}

extension PKey {
    /// Generates a key pair for `algorithm`; RSA keys have 3072 bits.
    static func generate(for algorithm: SignatureAlgorithm) throws(CryptoError) -> PKey {
        let curve = EllipticCurve.allCases.first { $0.algorithm == algorithm }
        let type = curve != nil ? "EC" : algorithm == .edDSA ? "ED25519" : "RSA"
        return try ErrorQueue.restoring { () throws(CryptoError) in
            let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_keygen_init(context) == 1,
                curve == nil || EVP_PKEY_CTX_set_group_name(context, curve?.groupName) == 1,
                type != "RSA" || EVP_PKEY_CTX_set_rsa_keygen_bits(context, 3072) == 1,
                EVP_PKEY_generate(context, &key) == 1, let key
            else {
                throw CryptoError(.libraryFailure, "OpenSSL could not generate a key for \(algorithm.rawValue)")
            }
            return PKey(owning: key)
        }
    }

    /// Creates a public key from its numbers; the caller must validate it.
    convenience init(_ components: KeyComponents) throws(CryptoError) {
        try self.init(components, d: nil, factors: nil)
    }

    /// Creates a key pair from its numbers; the caller must validate that they are consistent.
    convenience init(_ components: PrivateKeyComponents) throws(CryptoError) {
        try self.init(components.publicComponents, d: components.d, factors: components.factors)
    }

    private convenience init(
        _ components: KeyComponents,
        d: [UInt8]?,
        factors: PrivateKeyComponents.Factors?
    ) throws(CryptoError) {
        let parameters = KeyParameters()
        let type: String
        switch components {
        case .ec(let curve, let x, let y):
            type = "EC"
            let length = curve.coordinateByteCount
            guard x.count == length, y.count == length, d == nil || d?.count == length else {
                throw CryptoError(.malformedKey, "the numbers of a \(curve.rawValue) key must be \(length) bytes long")
            }
            parameters.set(OSSL_PKEY_PARAM_GROUP_NAME, to: curve.groupName)
            parameters.set(OSSL_PKEY_PARAM_PUB_KEY, to: [0x04] + x + y)
            if let d { parameters.set(OSSL_PKEY_PARAM_PRIV_KEY, toSecretNumber: d) }
        case .rsa(let n, let e):
            type = "RSA"
            try RSAPolicy.check(n: n, e: e)
            parameters.set(OSSL_PKEY_PARAM_RSA_N, toNumber: n)
            parameters.set(OSSL_PKEY_PARAM_RSA_E, toNumber: e)
            let secrets: [(String, [UInt8]?)] = [
                (OSSL_PKEY_PARAM_RSA_D, d),
                (OSSL_PKEY_PARAM_RSA_FACTOR + "1", factors?.p), (OSSL_PKEY_PARAM_RSA_FACTOR + "2", factors?.q),
                (OSSL_PKEY_PARAM_RSA_EXPONENT + "1", factors?.dp), (OSSL_PKEY_PARAM_RSA_EXPONENT + "2", factors?.dq),
                (OSSL_PKEY_PARAM_RSA_COEFFICIENT + "1", factors?.qi),
            ]
            for case (let name, let number?) in secrets {
                guard number.count <= n.count, number.contains(where: { $0 != 0 }) else {
                    throw CryptoError(
                        .malformedKey,
                        "a private number of an RSA key is zero or longer than the modulus"
                    )
                }
                parameters.set(name, toSecretNumber: number)
            }
        case .okp(let x):
            type = "ED25519"
            guard x.count == 32, d == nil || d?.count == 32 else {
                throw CryptoError(.malformedKey, "the numbers of an Ed25519 key must be 32 bytes long")
            }
            // Signing with a public half that does not belong to `d` leaks `d`, and OpenSSL does not check it. Therefore the
            // public half is derived.
            if let d {
                parameters.set(OSSL_PKEY_PARAM_PRIV_KEY, to: d)
            } else {
                parameters.set(OSSL_PKEY_PARAM_PUB_KEY, to: x)
            }
        }
        self.init(owning: try parameters.makeKey(type: type, isPrivate: d != nil))
    }
}

/// The requirements for RSA keys, checked before a key is passed to OpenSSL.
enum RSAPolicy {
    static func check(n: [UInt8], e: [UInt8]) throws(CryptoError) {
        let modulus = n.drop { $0 == 0 }
        let exponent = e.drop { $0 == 0 }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard bits >= 2048 else { throw CryptoError(.weakKey, "an RSA key must have at least 2048 bits, not \(bits)") }
        // Verification takes at least quadratic time and keys are untrusted input, so the size has an upper bound.
        guard bits <= 8192 else {
            throw CryptoError(.unsupportedKey, "an RSA key must have at most 8192 bits, not \(bits)")
        }
        guard let last = exponent.last, last & 1 == 1, exponent.count <= 8, exponent.count > 1 || last > 1 else {
            throw CryptoError(.weakKey, "an RSA public exponent must be odd, at least 3 and at most 64 bits long")
        }
        guard let lowest = modulus.last, lowest & 1 == 1 else {
            throw CryptoError(.malformedKey, "an RSA modulus must be odd")
        }
        guard !hasROCAFingerprint(modulus) else {
            throw CryptoError(
                .weakKey,
                "the RSA key was generated by a library whose keys can be factored (CVE-2017-15361)"
            )
        }
    }

    /// Returns true if the modulus is a power of 65537 modulo every small prime, the fingerprint of ROCA keys.
    ///
    /// The primes of such keys have the form `k·M + (65537^a mod M)`, where `M` is the product of the first primes (Nemec et
    /// al., "The Return of Coppersmith's Attack", 2017, section 3). The false positive rate is 2^-27.
    private static func hasROCAFingerprint(_ modulus: ArraySlice<UInt8>) -> Bool {
        smallPrimes.allSatisfy { prime in
            let residue = modulus.reduce(0) { ($0 << 8 | Int($1)) % prime }
            var power = 1
            repeat {
                if power == residue { return true }
                power = power * 65537 % prime
            } while power != 1
            return false
        }
    }

    private static let smallPrimes = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]
}
