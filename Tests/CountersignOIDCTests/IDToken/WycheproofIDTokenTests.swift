import Countersign
@_spi(Generated) import CountersignJSON
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite(
    "Wycheproof's JSON Web Signatures as ID tokens",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofIDTokenTests {
    /// The errors of a token with a valid signature, since none of the vectors is an ID token.
    private static let validSignatureErrors: Set<IDTokenError.Kind> = [
        .malformedClaims, .missingClaim, .duplicateClaim,
    ]

    private static let sharedSecret = "HS256: algorithms with a shared secret are never accepted for ID tokens"
    private static let noAlgorithm = "RS384, RS512, PS384, PS512, HS384 and HS512 are not supported"
    private static let wrongName =
        "the key's alg is ES521, which does not exist, or PS256 with PS384 in the header: a key is bound to its alg"
    private static let foreignCharacter =
        "published as valid although it contains a '?'; strict base64url rejects it, as does HS256"

    /// The tests whose outcome differs from the published one, and the reason: all are valid and rejected here.
    ///
    /// A test that starts to agree must be removed from the list.
    private static let skipped: [String: [ClosedRange<Int>: String]] = [
        "json_web_signature_test": [
            1...1: sharedSecret, 264...271: noAlgorithm, 320...323: noAlgorithm, 325...328: noAlgorithm,
            346...347: wrongName, 348...348: sharedSecret, 350...351: wrongName, 352...352: sharedSecret,
            357...359: sharedSecret, 372...373: foreignCharacter, 376...377: sharedSecret,
        ],
        "json_web_key_test": [2...2: sharedSecret, 13...15: noAlgorithm],
        "json_web_crypto_test": [1...1: sharedSecret, 48...48: sharedSecret],
    ]

    @Test(
        "P57: Every signature is valid or invalid as published, except for those on the list",
        arguments: [("json_web_signature_test", 401), ("json_web_key_test", 26), ("json_web_crypto_test", 49)]
    )
    func signatures(file: String, count: Int) async throws {
        var (used, agreeing) = (0, 0)
        for group in try SharedVectors.wycheproofGroups(file) {
            let issuer = Issuer(keys: [])
            issuer.publish(try Self.keySet(group))
            let client = issuer.client()
            for test in group["tests"].map({ Array($0.elements) }) ?? [] {
                // Encrypted tokens (JWE) are not supported.
                guard let text = try test["jws"].map(Self.text), let id = test["tcId"]?.int else { continue }
                used += 1
                let error = await signInError { () async throws(SignInError) in
                    try await client.validate(idToken: text)
                }
                let isValid = error?.idTokenError.map { Self.validSignatureErrors.contains($0.kind) } ?? false
                let agrees = isValid == (test["result"]?.string == "valid")
                let reason = Self.skipped[file]?.first { $0.key.contains(id) }?.value
                #expect(agrees == (reason == nil), "test \(id): \(reason ?? test["comment"]?.string ?? "")")
                if agrees { agreeing += 1 }
                // The list excuses rejections only, never an accepted token.
                #expect(agrees || !isValid)
                #expect(error != nil)
            }
        }
        #expect(used == count)
        Promise.seen(57, "Wycheproof's \(file): \(agreeing) of \(used) as published, the others valid and rejected")
    }

    /// Returns the keys of a group as an issuer would publish them.
    private static func keySet(_ group: JSONNode) throws -> String {
        guard let node = group["public"] ?? group["private"] else { return #"{"keys":[]}"# }
        let json = try text(node)
        let isSet = (try? JSONDocument(parsing: Array(json.utf8)).root["keys"]) != nil
        return isSet ? json : #"{"keys":[\#(json)]}"#
    }

    /// Returns the string of a node, or the JSON text of an object.
    private static func text(_ node: JSONNode) throws -> String {
        if let text = node.string { return text }
        var writer = JSONWriter()
        writer.value(try JSONValue(json: node))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
