import Countersign
import CountersignJSON

extension IDToken {
    /// An ID token that was validated before it was stored.
    ///
    /// Nothing is checked here: nobody but the holder of the store can have changed it.
    init?(kept text: String) {
        guard let signature = try? JSONWebSignature(parsing: text),
            let document = try? JSONDocument(parsing: signature.payload),
            let claims = try? UserClaims(json: document.root),
            let issuer = claims.text("iss"), let subject = claims.text("sub")
        else { return nil }
        func instant(_ name: String) -> Duration? {
            document.root[name]?.double.flatMap { $0.isFinite && abs($0) < 1e12 ? .seconds($0) : nil }
        }
        func texts(_ name: String) -> [String] {
            guard let node = document.root[name] else { return [] }
            return node.string.map { [$0] } ?? node.elements.compactMap(\.string)
        }
        self.init(
            issuer: issuer,
            subject: subject,
            audience: texts("aud"),
            expiresAt: instant("exp") ?? .zero,
            issuedAt: instant("iat") ?? .zero,
            authenticatedAt: instant("auth_time"),
            nonce: claims.text("nonce"),
            authenticationContext: claims.text("acr"),
            authenticationMethods: texts("amr"),
            sessionID: claims.text("sid"),
            claims: claims,
            text: text
        )
    }
}
