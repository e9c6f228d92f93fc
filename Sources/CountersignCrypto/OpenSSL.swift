import COpenSSL

/// The library as a process has it.
enum OpenSSL {
    /// Keeps the library whole while the process exits.
    ///
    /// By default it takes itself apart in an `atexit` handler, under the hands of threads that still sign: a program
    /// that ended with calls under way then died of a bad pointer. The first use in a process decides, so this comes
    /// before any other.
    @inline(__always)
    static func prepare() { _ = isPrepared }

    private static let isPrepared = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
