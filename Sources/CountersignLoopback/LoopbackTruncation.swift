import CMicroHTTPD

/// A response body that is truncated: the header has its full length, but only a part is sent.
final class LoopbackTruncation: Sendable {
    private let body: [UInt8]
    private let limit: Int

    init(body: [UInt8], limit: Int) {
        self.body = body
        self.limit = min(max(0, limit), body.count)
    }

    /// Creates a libmicrohttpd response that owns this object; returns nil if memory is exhausted.
    func makeResponse() -> OpaquePointer? {
        let owned = Unmanaged.passRetained(self)
        let response = MHD_create_response_from_callback(
            UInt64(body.count),
            4096,
            { context, position, buffer, capacity in
                guard let context, let buffer else { return -2 }
                let truncation = Unmanaged<LoopbackTruncation>.fromOpaque(context).takeUnretainedValue()
                return truncation.read(
                    at: position,
                    into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity)
                )
            },
            owned.toOpaque(),
            { context in
                guard let context else { return }
                Unmanaged<LoopbackTruncation>.fromOpaque(context).release()
            }
        )
        if response == nil { owned.release() }
        return response
    }

    /// Copies the next part of the body.
    ///
    /// - Returns: The number of bytes, or -2 to close the connection (`MHD_CONTENT_READER_END_WITH_ERROR`, a macro that
    ///   Swift does not import).
    private func read(at position: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let start = Int(exactly: position), start < limit else { return -2 }
        let piece = body[start..<min(limit, start + buffer.count)]
        buffer.copyBytes(from: piece)
        return piece.count
    }
}
