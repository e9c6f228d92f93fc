import COpenSSL

/// The process-wide state of OpenSSL.
enum OpenSSL {
    /// Disables OpenSSL's cleanup at process exit.
    ///
    /// By default, OpenSSL frees its state in an `atexit` handler while other threads may still sign, which crashes a program
    /// that exits during a call. The first initialization in a process decides, so this must precede any other use.
    @inline(__always)
    static func prepare() { _ = isPrepared }

    private static let isPrepared = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
