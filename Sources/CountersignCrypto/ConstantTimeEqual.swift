import COpenSSL

/// Compares two byte strings in a time that depends only on their lengths.
///
/// Use it for secrets and authentication codes, which an attacker could otherwise guess byte by byte. It does not hide the
/// lengths.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
