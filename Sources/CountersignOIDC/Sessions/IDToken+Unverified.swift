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
            let document = try? JSONDocument(parsing: signature.payload),
            let claims = try? UserClaims(json: document.root),
            let issuer = claims.text("iss"), let subject = claims.text("sub")
        else { return nil }
        func time(_ name: String) -> Date? {
            document.root[name]?.double.flatMap(Date.init(numericDate:))
        }
        func texts(_ name: String) -> [String] {
            guard let node = document.root[name] else { return [] }
            return node.string.map { [$0] } ?? node.elements.compactMap(\.string)
        }
        self.init(
            issuer: issuer,
            subject: subject,
            audience: texts("aud"),
            expiresAt: time("exp") ?? Date(timeIntervalSince1970: 0),
            issuedAt: time("iat") ?? Date(timeIntervalSince1970: 0),
            authenticatedAt: time("auth_time"),
            nonce: claims.text("nonce"),
            authenticationContext: claims.text("acr"),
            authenticationMethods: texts("amr"),
            sessionID: claims.text("sid"),
            claims: claims,
            text: text
        )
    }
}
