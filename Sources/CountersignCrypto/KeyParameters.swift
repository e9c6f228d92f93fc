import COpenSSL

/// The parameters from which OpenSSL builds a key; secret ones are cleansed when they are freed.
final class KeyParameters {
    private let builder = OSSL_PARAM_BLD_new()
    private var numbers: [OpaquePointer] = []
    // The builder stores the addresses of names and octets until the key is built.
    private var strings: [UnsafeMutableBufferPointer<UInt8>] = []
    private var isComplete = true

    deinit {
        OSSL_PARAM_BLD_free(builder)
        for number in numbers { BN_clear_free(number) }
        for string in strings {
            OPENSSL_cleanse(string.baseAddress, string.count)
            string.deallocate()
        }
    }

    func set(_ name: String, to text: String) {
        let copy = keep(Array(text.utf8) + [0])
        copy.withMemoryRebound(to: CChar.self) { characters in
            note(OSSL_PARAM_BLD_push_utf8_string(builder, key(name), characters.baseAddress, 0))
        }
    }

    func set(_ name: String, to octets: [UInt8]) {
        let copy = keep(octets)
        note(OSSL_PARAM_BLD_push_octet_string(builder, key(name), copy.baseAddress, copy.count))
    }

    func set(_ name: String, toNumber bytes: [UInt8]) {
        push(BN_bin2bn(bytes, Int32(clamping: bytes.count), BN_new()), as: name)
    }

    func set(_ name: String, toSecretNumber bytes: [UInt8]) {
        // Secure memory makes OpenSSL cleanse its copies as well.
        push(BN_bin2bn(bytes, Int32(clamping: bytes.count), BN_secure_new()), as: name)
    }

    /// Builds the key, without checking that its parts are consistent.
    func makeKey(type: String, isPrivate: Bool) throws(CryptoError) -> OpaquePointer {
        try ErrorQueue.restoring { () throws(CryptoError) in
            let parameters = OSSL_PARAM_BLD_to_param(builder)
            defer { OSSL_PARAM_free(parameters) }
            let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            let selection = isPrivate ? COpenSSL_EVP_PKEY_KEYPAIR : COpenSSL_EVP_PKEY_PUBLIC_KEY
            guard isComplete, let parameters, EVP_PKEY_fromdata_init(context) == 1,
                EVP_PKEY_fromdata(context, &key, selection, parameters) == 1, let key
            else {
                EVP_PKEY_free(key)
                throw CryptoError(.malformedKey, "the numbers are not a valid \(type) key")
            }
            return key
        }
    }

    private func push(_ number: OpaquePointer?, as name: String) {
        guard let number else { return isComplete = false }
        numbers.append(number)
        note(OSSL_PARAM_BLD_push_BN(builder, key(name), number))
    }

    private func key(_ name: String) -> UnsafePointer<CChar>? {
        keep(Array(name.utf8) + [0]).withMemoryRebound(to: CChar.self) { $0.baseAddress.map { UnsafePointer($0) } }
    }

    private func keep(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        strings.append(copy)
        return copy
    }

    private func note(_ result: Int32) {
        if result != 1 { isComplete = false }
    }
}
