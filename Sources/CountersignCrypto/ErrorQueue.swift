import COpenSSL

/// OpenSSL's queue of errors, which belongs to the thread and is shared with everything on it that uses OpenSSL.
///
/// What a call of ours leaves there would be read by somebody else as their own failure (TLS stacks look at the queue
/// after a read), so every call that can fail is made inside ``restoring(_:)``.
enum ErrorQueue {
    /// Runs `body` and then drops the errors it left, keeping those that were there before.
    @inline(__always)
    static func restoring<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        OpenSSL.prepare()
        // On an empty queue no mark can be set; popping to it then empties the queue, which is the same.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try body()
    }
}
