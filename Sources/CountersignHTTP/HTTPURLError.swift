extension HTTP {
    /// The error of a text that is not a valid URL for a request.
    ///
    /// It does not quote the text, since a URL could hold a secret.
    public struct URLError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The reason, and what to write instead.
        public var message: String
        /// The offset of the error in bytes from the start of the text; `nil` if it concerns the whole text.
        public var offset: Int?

        package init(_ message: String, at offset: Int? = nil) {
            self.message = message
            self.offset = offset
        }

        /// The message, with the offset if it is known.
        public var description: String {
            guard let offset else { return "invalid URL: \(message)" }
            return "invalid URL: \(message) (at byte \(offset))"
        }
    }
}
