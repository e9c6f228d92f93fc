import COpenSSL

/// Keyed-hash message authentication codes (RFC 2104).
package enum HMAC {
    /// Returns the 32 bytes of HMAC-SHA-256 of `message` with `key`.
    package static func sha256(key: some Sequence<UInt8>, message: some Sequence<UInt8>) -> [UInt8] {
        let key = Array(key)
        let message = Array(message)
        return [UInt8](unsafeUninitializedCapacity: Digest.sha256.byteCount) { buffer, count in
            count = Digest.sha256.byteCount
            let done = MAC.sha256.authenticate(message, key: key, into: buffer)
            // This only fails if memory is exhausted; an unwritten code must not be used.
            precondition(done, "OpenSSL could not compute an HMAC")
        }
    }
}

/// A prepared HMAC context with its hash function; each computation uses a copy.
///
/// Threads may share it: `template` is neither changed after `init` nor freed, and `EVP_MAC_CTX_dup` only reads it.
private struct MAC: @unchecked Sendable {
    private let template: OpaquePointer

    static let sha256 = MAC(Digest.sha256.name)

    private init(_ digest: String) {
        OpenSSL.prepare()
        let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
        defer { EVP_MAC_free(algorithm) }
        guard let template = EVP_MAC_CTX_new(algorithm), Self.choose(digest, for: template) else {
            preconditionFailure("OpenSSL offers no HMAC; check openssl.cnf and its providers")
        }
        self.template = template
    }

    private static func choose(_ digest: String, for context: OpaquePointer) -> Bool {
        var name = Array(digest.utf8CString)
        // The parameter stores both addresses, so they must stay valid until the parameters are set.
        return OSSL_MAC_PARAM_DIGEST.withCString { key in
            name.withUnsafeMutableBufferPointer { name in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_CTX_set_params(context, parameters) == 1
            }
        }
    }

    func authenticate(_ message: [UInt8], key: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        guard let context = EVP_MAC_CTX_dup(template) else { return false }
        defer { EVP_MAC_CTX_free(context) }
        // A null key means the previous key, so an empty key needs an address.
        let keyed = (key.isEmpty ? [0] : key).withUnsafeBufferPointer {
            EVP_MAC_init(context, $0.baseAddress, key.count, nil)
        }
        var written = 0
        return keyed == 1
            && message.withUnsafeBufferPointer { EVP_MAC_update(context, $0.baseAddress, $0.count) } == 1
            && EVP_MAC_final(context, output.baseAddress, &written, output.count) == 1
            && written == Digest.sha256.byteCount
    }
}
