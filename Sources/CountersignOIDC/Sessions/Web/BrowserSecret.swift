import Countersign
import CountersignCrypto

/// The secret in a cookie: 256 random bits.
///
/// Only its digest is stored.
enum BrowserSecret {
    private static let byteCount = 32

    static func make() throws(TokenError) -> String {
        do throws(CryptoError) {
            return Base64URL.encode(try SecureRandom.bytes(byteCount))
        } catch {
            throw TokenError(randomness: error)
        }
    }

    /// Returns the text if it has the form of a secret.
    static func validated(_ text: String) -> String? {
        Base64URL.decode(text)?.count == byteCount ? text : nil
    }

    static func digest(_ secret: String) -> String {
        Base64URL.encode(SHA2.sha256(Array(secret.utf8)))
    }
}
