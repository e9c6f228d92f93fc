extension HTTP {
    /// Why a text is not a URL to which a request can be sent.
    ///
    /// It does not quote the text: a URL may hold a secret.
    public struct URLError: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, and what to write instead.
        public var message: String
        /// Where: bytes from the start of the text; `nil` when it is the text as a whole.
        public var offset: Int?

        package init(_ message: String, at offset: Int? = nil) {
            self.message = message
            self.offset = offset
        }

        public var description: String {
            guard let offset else { return "not a usable URL: \(message)" }
            return "not a usable URL: \(message) (at byte \(offset))"
        }
    }
}
