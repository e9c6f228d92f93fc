import Countersign
import CountersignCrypto
import CountersignJSON
import TestSupport
import Testing

/// The key material of a Wycheproof group: public keys, a shared secret, or a key that is refused.
private enum GroupKey {
    case set(JSONWebKeySet)
    case secrets([(keyID: String?, algorithm: String?, secret: [UInt8])])
    case refused

    init(_ group: JSONNode) throws {
        // Some files have the key as an object, some as JSON text; symmetric keys stand in `private` only.
        guard let node = group["public"] ?? group["private"] else {
            self = .refused
            return
        }
        let root = try node.string.map { try JSONDocument(parsing: Array($0.utf8)).root } ?? node
        let keys = root["keys"].map { Array($0.elements) } ?? [root]
        if keys.allSatisfy({ $0["kty"]?.string == "oct" }) {
            self = .secrets(
                keys.map { ($0["kid"]?.string, $0["alg"]?.string, Base64URL.decode($0["k"]?.string ?? "") ?? []) }
            )
        } else if root["keys"] != nil {
            self = (try? JSONWebKeySet(parsing: text(of: node))).map { .set($0) } ?? .refused
        } else {
            self = (try? JSONWebKey(json: root)).map { .set(JSONWebKeySet([$0])) } ?? .refused
        }
    }

    /// Whether a compact text is accepted under this key.
    func accepts(_ text: String) -> Bool {
        guard let signature = try? JSONWebSignature(parsing: text) else { return false }
        switch self {
        case .refused:
            return false
        case .set(let set):
            return (try? signature.verify(with: set, allowing: Set(SignatureAlgorithm.allCases))) != nil
        case .secrets(let secrets):
            // There is no verification with a shared secret here; what can be tested is the strict parser and the code
            // that is computed when we sign.
            return secrets.contains { keyID, algorithm, secret in
                keyID == signature.keyID && algorithm == "HS256" && signature.algorithmName == "HS256"
                    && constantTimeEqual(HMAC.sha256(key: secret, message: signature.signingInput), signature.signature)
            }
        }
    }
}

/// The text that a vector has, or the JSON text of the object that stands in its place.
private func text(of node: JSONNode) throws -> String {
    if let text = node.string { return text }
    var writer = JSONWriter()
    writer.value(try JSONValue(json: node))
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite(
    "Wycheproof's JSON Web Signatures and Keys",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofJOSETests {
    private static let noAlgorithm =
        "the algorithm is not one of the six: RS384, RS512, PS384, PS512, HS384 and HS512 do not exist here"
    private static let wrongName =
        "the key says ES521, which is no algorithm, or PS256 while the header says PS384: a key is bound to its own alg"
    private static let foreignCharacter =
        "published as valid although a '?' stands in the text; strict base64url refuses it"
    private static let sameAsValid =
        "published as invalid, but the text is that of test 357, which is published as valid: its padding got lost"
    private static let sharedSecret =
        "about choosing a shared secret (doubled kid, too short, empty), and nothing here verifies with one"

    /// Every test whose outcome here differs from the published one, and why.
    ///
    /// A test that starts to agree must leave the list.
    private static let skipped: [String: [ClosedRange<Int>: String]] = [
        "json_web_signature_test": [
            264...271: noAlgorithm, 320...323: noAlgorithm, 325...328: noAlgorithm,
            346...347: wrongName, 350...351: wrongName,
            367...367: sameAsValid, 370...370: sameAsValid,
            372...373: foreignCharacter,
        ],
        "json_web_key_test": [
            4...4: sharedSecret, 10...10: sharedSecret, 16...16: sharedSecret,
            14...15: noAlgorithm,
        ],
    ]

    @Test(
        "Every token is accepted or refused as published, except for those on the list",
        arguments: [("json_web_signature_test", 401), ("json_web_key_test", 26), ("json_web_crypto_test", 49)]
    )
    func tokens(file: String, count: Int) throws {
        var used = 0
        for test in try SharedVectors.wycheproofTests(file) {
            // Encrypted tokens (JWE) are not read by this library.
            guard let node = test.node["jws"] else { continue }
            used += 1
            let agrees = try GroupKey(test.group).accepts(text(of: node)) == (test.result == "valid")
            let kind = Self.skipped[file]?.first { $0.key.contains(test.id) }?.value
            #expect(agrees == (kind == nil), "test \(test.id): \(kind ?? test.node["comment"]?.string ?? "")")
        }
        #expect(used == count)
    }

    @Test("Every private key of the signature tests that is for signing signs for its public half")
    func privateKeys() throws {
        var signed = 0
        var refused: Set<String> = []
        for test in try SharedVectors.wycheproofTests("json_web_signature_test") {
            guard let privateKey = test.group["private"], let publicKey = test.group["public"] else { continue }
            do {
                let key = try SigningKey(jsonWebKey: text(of: privateKey))
                let text = try JSONWebSignature.sign(.init(), payload: [1], key: key)
                try JSONWebSignature(parsing: text).verify(with: JSONWebKey(json: publicKey), allowing: [key.algorithm])
                signed += 1
            } catch let error as JSONWebKeyError {
                refused.insert(error.member ?? error.message)
            }
        }
        #expect(signed > 300)
        // RS384 and its like, keys for encryption, and one whose operations are a single string.
        #expect(refused == ["alg", "use", "key_ops"])
    }
}
