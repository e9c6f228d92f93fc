import CountersignCrypto

/// The `user_code`, which users read on one screen and type on another (RFC 8628 section 6.1).
enum UserCode {
    /// Letters without vowels, to avoid words.
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")

    /// Returns eight random letters, such as `WDJB-MJHT`.
    static func random() throws(CryptoError) -> String {
        var letters: [Character] = []
        while letters.count < 8 {
            // The values from 240 would favor some of the twenty letters.
            letters += try SecureRandom.bytes(16).filter { $0 < 240 }.map { alphabet[Int($0) % alphabet.count] }
        }
        return String(letters[..<4]) + "-" + String(letters[4..<8])
    }

    /// Returns the significant letters of a typed code.
    static func letters(of typed: String) -> String {
        typed.uppercased().filter { alphabet.contains($0) }
    }
}
