/// Why a text is not a URL to which a request can be sent.
///
/// It does not quote the text: a URL may hold a secret.
public struct HTTPURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what to write instead.
    public var reason: String
    /// Where: bytes from the start of the text; `nil` when it is the text as a whole.
    public var offset: Int?

    package init(_ reason: String, at offset: Int? = nil) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String {
        guard let offset else { return "not a usable URL: \(reason)" }
        return "not a usable URL: \(reason) (at byte \(offset))"
    }
}
