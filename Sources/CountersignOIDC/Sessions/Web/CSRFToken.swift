import Countersign
import CountersignCrypto

/// What only a page of the session can know: a digest under the browser's secret, which no script can read.
enum CSRFToken {
    static func make(for secret: String) -> String {
        Base64URL.encode(HMAC.sha256(key: Array(secret.utf8), message: Array("countersign csrf".utf8)))
    }

    static func isValid(_ token: String?, for secret: String) -> Bool {
        guard let token else { return false }
        return constantTimeEqual(Array(token.utf8), Array(make(for: secret).utf8))
    }
}
