import COpenSSL

/// OpenSSL's error queue, which all users of OpenSSL on a thread share.
///
/// Other code could mistake an error that we leave in the queue for its own: TLS libraries check the queue after a read.
/// Therefore every call that can fail is made in ``restoring(_:)``.
enum ErrorQueue {
    /// Calls `body` and then removes the errors that it added, but keeps earlier ones.
    @inline(__always)
    static func restoring<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        OpenSSL.prepare()
        // An empty queue cannot be marked; popping then empties the queue, which has the same effect.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }
}
