import Countersign
import CountersignCrypto

/// The protection of forms against cross-site request forgery (CSRF).
///
/// The token is an HMAC under the secret of the session cookie. Scripts cannot read the cookie, so only pages of the
/// session contain the token.
enum CSRFToken {
    static func make(for secret: String) -> String {
        Base64URL.encode(HMAC.sha256(key: Array(secret.utf8), message: Array("countersign csrf".utf8)))
    }

    static func isValid(_ token: String?, for secret: String) -> Bool {
        guard let token else { return false }
        return constantTimeEqual(Array(token.utf8), Array(make(for: secret).utf8))
    }
}
