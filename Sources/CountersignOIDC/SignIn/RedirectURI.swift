import Countersign
import CountersignHTTP

/// A redirect URI that is safe to send the user's browser to (RFC 6749 section 3.1.2, RFC 8252 section 7).
struct RedirectURI {
    let text: String

    /// Creates a redirect URI: https, http on a loopback address, or a private-use scheme such as
    /// `com.example.app:/signed-in`.
    ///
    /// - Throws: `TokenError` of kind `configuration` for any other URI, and for one with a fragment.
    init(_ text: String) throws(TokenError) {
        guard !text.utf8.contains(UInt8(ascii: "#")) else {
            throw TokenError(.configuration, "the redirect URI has a fragment (RFC 6749 section 3.1.2)")
        }
        let scheme = text.utf8.prefix { $0 != UInt8(ascii: ":") }.map { $0 | 0x20 }
        switch scheme {
        case Array("https".utf8), Array("http".utf8):
            let url: HTTP.URL
            do {
                url = try HTTP.URL(text)
            } catch {
                throw TokenError(.configuration, "the redirect URI is invalid: \(error)")
            }
            guard url.origin.isSecure || url.origin.isLoopback else {
                throw TokenError(
                    .configuration,
                    "the redirect URI at \(url.origin) is not secure; use https, or a loopback address"
                )
            }
        default:
            // The required dot excludes javascript:, data: and every registered scheme (RFC 8252 section 7.1).
            guard scheme.count < text.utf8.count, scheme.contains(UInt8(ascii: ".")),
                scheme.first.map(Self.isLetter) == true, scheme.allSatisfy(Self.isSchemeCharacter),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else {
                throw TokenError(
                    .configuration,
                    "the redirect URI is invalid; use https, http on a loopback address, or a scheme like com.example.app:"
                )
            }
        }
        self.text = text
    }

    /// Returns true if a URL is the redirect URI with a response attached.
    static func isRedirect(_ url: String, to redirectURI: String) -> Bool {
        let (left, right) = (base(url), base(redirectURI))
        if left.utf8.elementsEqual(right.utf8) { return true }
        guard let left = try? HTTP.URL(left), let right = try? HTTP.URL(right) else { return false }
        return left == right
    }

    private static func base(_ url: String) -> String {
        String(decoding: url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }

    /// Returns true for a character of a scheme (RFC 3986 section 3.1).
    ///
    /// The byte was lowercased with `| 0x20`, which does not change `+`, `-`, `.` and digits.
    private static func isSchemeCharacter(_ byte: UInt8) -> Bool {
        isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.".utf8.contains(byte)
    }
}
