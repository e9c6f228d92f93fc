import COpenSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Random bytes from the operating system, for keys, nonces and identifiers.
package enum SecureRandom {
    /// Returns `count` random bytes.
    ///
    /// - Throws: ``CryptoError/Kind/randomUnavailable`` if the system returns none; there is no weaker fallback.
    package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, count))
        guard bytes.withUnsafeMutableBytes({ isFilled($0) }) else { throw unavailable }
        return bytes
    }

    /// Fills `buffer` with random bytes.
    ///
    /// - Throws: ``CryptoError/Kind/randomUnavailable`` if the system returns none; do not use `buffer` in that case.
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) {
        guard isFilled(buffer) else { throw unavailable }
    }

    private static var unavailable: CryptoError {
        CryptoError(.randomUnavailable, "the operating system returned no random bytes")
    }

    private static func isFilled(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
        #if canImport(Darwin)
        arc4random_buf(buffer.baseAddress, buffer.count)
        return true
        #else
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = getrandom(rest.baseAddress, rest.count, 0)
            if count > 0 {
                filled += count
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
        #endif
    }
}
