import CountersignCrypto

/// The `user_code` that people read off one screen and type on another (RFC 8628 section 6.1).
enum UserCode {
    /// No vowels, so that no word comes about.
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")

    /// Eight random letters, as `WDJB-MJHT`.
    static func random() throws(CryptoError) -> String {
        var letters: [Character] = []
        while letters.count < 8 {
            // What is left of a byte above a multiple of twenty would favour some letters.
            letters += try SecureRandom.bytes(16).filter { $0 < 240 }.map { alphabet[Int($0) % alphabet.count] }
        }
        return String(letters[..<4]) + "-" + String(letters[4..<8])
    }

    /// What counts of a code that was typed.
    static func letters(of typed: String) -> String {
        typed.uppercased().filter { alphabet.contains($0) }
    }
}
