import COpenSSL

/// Whether two byte strings are equal, in a time that depends on their lengths only.
///
/// For secrets, authentication codes and whatever else an attacker may guess byte by byte. Lengths are not hidden.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
