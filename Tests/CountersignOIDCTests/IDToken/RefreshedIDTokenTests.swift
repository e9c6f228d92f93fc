import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("ID tokens of refresh responses")
struct RefreshedIDTokenTests {
    @Test("A refreshed ID token must match the previous one")
    func same() async throws {
        let key = try SigningKey.generate(.es256)
        let issuer = Issuer(keys: [JSONWebKey(key.publicKey)])
        let client = issuer.client()
        func token(_ change: [String: JSONValue]) throws -> String {
            let claims = Issuer.claims.merging(["auth_time": .int(Issuer.now - 5)]) { $1 }.merging(change) { $1 }
                .filter { $0.value != .null }
            return try Issuer.sign(header: #"{"alg":"ES256"}"#, payload: Issuer.text(.object(claims)), with: key)
        }
        let original = try await client.validate(idToken: try token([:]), nonce: Issuer.nonce)
        let seconds = JSONValue.string(String(Issuer.now - 5))
        let table: [([String: JSONValue], IDTokenError.Kind?)] = [
            ([:], nil), (["nonce": nil], nil), (["auth_time": nil], nil), (["iat": .int(Issuer.now)], nil),
            (["auth_time": seconds], nil), (["auth_time": "then"], nil), (["amr": 1, "acr": [], "sid": .null], nil),
            (["name": "New"], nil), (["aud": [.string(Issuer.clientID)]], nil),
            (["iat": .int(Issuer.now - 70)], nil), (["iat": .int(Issuer.now - 71)], .replayed),
            (["sub": "u2"], .wrongSubject), (["iss": "https://other.example"], .wrongIssuer),
            (["aud": "other"], .wrongAudience),
            (["aud": [.string(Issuer.clientID), "x"], "azp": .string(Issuer.clientID)], .wrongAudience),
            (["azp": .string(Issuer.clientID)], .wrongAuthorizedParty), (["nonce": "other"], .wrongNonce),
            (["auth_time": .int(Issuer.now - 4)], .wrongAuthenticationTime), (["exp": .int(Issuer.now - 60)], .expired),
        ]
        for (change, expected) in table {
            let text = try token(change)
            let error = await signInError { () async throws(SignInError) in
                try await client.refreshed(text, after: original)
            }
            #expect(error?.idTokenError?.kind == expected, "\(change)")
        }
    }
}
