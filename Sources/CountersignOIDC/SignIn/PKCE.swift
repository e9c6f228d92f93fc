import Countersign
import CountersignCrypto

/// Proof Key for Code Exchange with the S256 challenge method (RFC 7636).
///
/// The browser carries only the challenge. The verifier goes straight to the token endpoint, so a stolen authorization
/// code is useless without it.
struct PKCE: Sendable, Redacted {
    /// The code verifier (RFC 7636 section 4.1).
    let codeVerifier: String

    /// Creates a verifier of 256 random bits for one authorization request.
    init() throws(TokenError) {
        codeVerifier = try Base64URL.random256Bits()
    }

    /// Creates a value from a verifier that was kept in a ``SignInTransaction``.
    init(codeVerifier: String) {
        self.codeVerifier = codeVerifier
    }

    /// The code challenge: the SHA-256 digest of the verifier in base64url (RFC 7636 section 4.2).
    var codeChallenge: String { Base64URL.encode(SHA2.sha256(codeVerifier.utf8)) }

    /// The parameters of the authorization request (RFC 7636 section 4.3).
    var requestParameters: [(name: String, value: String)] {
        [("code_challenge", codeChallenge), ("code_challenge_method", "S256")]
    }

    /// Rejects a server whose metadata lists challenge methods without S256 (P56).
    ///
    /// Servers that list no methods at all are accepted: many support S256 without saying so.
    static func requireS256(_ metadata: AuthorizationServerMetadata) throws(TokenError) {
        guard metadata.list("code_challenge_methods_supported")?.contains("S256") ?? true else {
            throw TokenError(.metadata, "\(metadata.issuer) does not support PKCE with S256 (RFC 7636)")
        }
    }
}

extension Base64URL {
    /// Returns 256 random bits in base64url.
    static func random256Bits() throws(TokenError) -> String {
        do throws(CryptoError) {
            return encode(try SecureRandom.bytes(32))
        } catch {
            throw TokenError(randomness: error)
        }
    }
}
