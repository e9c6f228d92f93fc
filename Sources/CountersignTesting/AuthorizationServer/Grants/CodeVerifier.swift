import CountersignCrypto

/// The rules of the PKCE `code_verifier` (RFC 7636 section 4.1).
enum CodeVerifier {
    /// Returns whether a text consists of 43 to 128 unreserved characters.
    static func isWellFormed(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }

    /// Returns the challenge of a verifier by the method S256 (section 4.2).
    static func challenge(of verifier: String) -> String {
        Base64URLText.encode(SHA2.sha256(verifier.utf8))
    }
}
