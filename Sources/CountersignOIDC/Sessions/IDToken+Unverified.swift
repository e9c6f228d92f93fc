import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IDToken {
    /// Parses an ID token without validating it.
    ///
    /// Use it only for a token that was validated before it was stored, or to read the subject that a rejected token names.
    init?(unverified text: String) {
        guard let signature = try? JSONWebSignature(parsing: text),
            let json = try? JSONDocument(parsing: signature.payload).root, let claims = try? UserClaims(json: json),
            let issuer = claims.text("iss"), let subject = claims.text("sub")
        else { return nil }
        self.init(
            issuer: issuer,
            subject: subject,
            audience: json.texts("aud"),
            expiresAt: json.time("exp") ?? Date(timeIntervalSince1970: 0),
            issuedAt: json.time("iat") ?? Date(timeIntervalSince1970: 0),
            authenticatedAt: json.time("auth_time"),
            nonce: claims.text("nonce"),
            authenticationContext: claims.text("acr"),
            authenticationMethods: json.texts("amr"),
            sessionID: claims.text("sid"),
            claims: claims,
            text: text
        )
    }
}
