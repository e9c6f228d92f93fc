import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite("Signing key rotation")
struct SigningKeyRotationTests {
    private func token(_ key: SigningKey, _ name: String) throws -> String {
        try Issuer.sign(
            header: #"{"alg":"ES256","kid":"\#(name)"}"#,
            payload: Issuer.text(.object(Issuer.claims)),
            with: key
        )
    }

    @Test("The keys are fetched again for a token with a new key")
    func newKey() async throws {
        let (old, new) = (try SigningKey.generate(.es256), try SigningKey.generate(.es256))
        let issuer = Issuer(keys: [JSONWebKey(old.publicKey, keyID: "old")])
        let client = issuer.client()
        _ = try await client.validate(idToken: try token(old, "old"))
        issuer.publish(JSONWebKeySet([JSONWebKey(new.publicKey, keyID: "new")]).json)
        issuer.clock.advance(by: .seconds(30))
        #expect(try await client.validate(idToken: try token(new, "new")).subject == "u1")
        #expect(issuer.keyFetches == 2)
        let late = try token(old, "old")
        let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: late) }
        #expect(error?.idTokenError?.kind == .unknownKey)
    }

    @Test("P55: A thousand tokens with unknown keys cause one fetch of the keys in 30 seconds")
    func flood() async throws {
        let key = try SigningKey.generate(.es256)
        let issuer = Issuer(keys: [JSONWebKey(key.publicKey, keyID: "k")])
        let client = issuer.client()
        let texts = try (0..<1000).map { try token(key, "unknown-\($0)") }
        for text in texts {
            let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: text) }
            #expect(error?.idTokenError?.kind == .unknownKey)
        }
        #expect(issuer.keyFetches == 1)
        Promise.seen(
            55,
            "\(issuer.keyFetches) fetch of the keys in 30 s for \(texts.count) tokens with unknown keys"
        )
        issuer.clock.advance(by: .seconds(30))
        for text in texts.prefix(100) {
            _ = await signInError { () async throws(SignInError) in try await client.validate(idToken: text) }
        }
        #expect(issuer.keyFetches == 2)
    }

    @Test("Unavailable keys are reported as a metadata error, not as an invalid token")
    func noKeys() async throws {
        let key = try SigningKey.generate(.es256)
        let issuer = Issuer(keys: [])
        issuer.publish("no keys")
        let text = try token(key, "k")
        let client = issuer.client()
        let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: text) }
        #expect(error?.kind == .metadata)
        #expect(error?.idTokenError == nil)
    }
}
