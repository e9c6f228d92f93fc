import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import TestSupport
import Testing

/// The key material of a Wycheproof group: public keys, shared secrets, or a rejected key.
private enum GroupKey {
    case set(JSONWebKeySet)
    case secrets([(keyID: String?, algorithm: String?, secret: [UInt8])])
    case rejected

    init(_ group: JSONNode) throws {
        // The key is an object or a JSON text, depending on the file; symmetric keys are in `private` only.
        guard let node = group["public"] ?? group["private"] else {
            self = .rejected
            return
        }
        let root = try node.string.map { try JSONDocument(parsing: Array($0.utf8)).root } ?? node
        let keys = root["keys"].map { Array($0.elements) } ?? [root]
        if keys.allSatisfy({ $0["kty"]?.string == "oct" }) {
            self = .secrets(
                keys.map { ($0["kid"]?.string, $0["alg"]?.string, Base64URL.decode($0["k"]?.string ?? "") ?? []) }
            )
        } else if root["keys"] != nil {
            self = (try? JSONWebKeySet(parsing: text(of: node))).map { .set($0) } ?? .rejected
        } else {
            self = (try? JSONWebKey(json: root)).map { .set(JSONWebKeySet([$0])) } ?? .rejected
        }
    }

    /// Returns true if a compact text is valid with this key.
    func accepts(_ text: String) -> Bool {
        guard let signature = try? JSONWebSignature(parsing: text) else { return false }
        switch self {
        case .rejected:
            return false
        case .set(let set):
            return (try? signature.verify(with: set, allowing: Set(SignatureAlgorithm.allCases))) != nil
        case .secrets(let secrets):
            // The library does not verify with a shared secret: this tests the strict parser, and the code that signing
            // computes.
            return secrets.contains { keyID, algorithm, secret in
                keyID == signature.keyID && algorithm == "HS256" && signature.algorithmName == "HS256"
                    && constantTimeEqual(HMAC.sha256(key: secret, message: signature.signingInput), signature.signature)
            }
        }
    }
}

/// Returns the text of a vector, or the JSON text of its object.
private func text(of node: JSONNode) throws -> String {
    if let text = node.string { return text }
    var writer = JSONWriter()
    writer.value(try JSONValue(json: node))
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite(
    "Wycheproof: JSON Web Signatures and Keys",
    .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
)
struct WycheproofJOSETests {
    private static let noAlgorithm =
        "unsupported algorithm: RS384, RS512, PS384, PS512, HS384 or HS512"
    private static let wrongName =
        "the alg of the key is ES521, which does not exist, or PS256 where the header has PS384; a key is bound to its alg"
    private static let foreignCharacter =
        "published as valid although the text contains a '?'; strict base64url rejects it"
    private static let sameAsValid =
        "published as invalid, but the text equals that of test 357, which is published as valid; its padding was lost"
    private static let sharedSecret =
        "about the choice of a shared secret (duplicate kid, too short, empty); the library does not verify with one"

    /// The tests with another result than published, with the reason.
    ///
    /// A test whose result matches fails if it is on the list.
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
        "Every token is accepted or rejected as published, except for those on the list",
        arguments: [("json_web_signature_test", 401), ("json_web_key_test", 26), ("json_web_crypto_test", 49)]
    )
    func tokens(file: String, count: Int) throws {
        var used = 0
        for test in try SharedVectors.wycheproofTests(file) {
            // Encrypted tokens (JWE) are not supported.
            guard let node = test.node["jws"] else { continue }
            used += 1
            let agrees = try GroupKey(test.group).accepts(text(of: node)) == (test.result == "valid")
            let kind = Self.skipped[file]?.first { $0.key.contains(test.id) }?.value
            #expect(agrees == (kind == nil), "test \(test.id): \(kind ?? test.node["comment"]?.string ?? "")")
        }
        #expect(used == count)
    }

    @Test("Every private signing key of the signature tests signs for its public half")
    func privateKeys() throws {
        var signed = 0
        var rejected: Set<String> = []
        for test in try SharedVectors.wycheproofTests("json_web_signature_test") {
            guard let privateKey = test.group["private"], let publicKey = test.group["public"] else { continue }
            do {
                let key = try SigningKey(jsonWebKey: text(of: privateKey))
                let text = try JSONWebSignature.sign(.init(), payload: [1], key: key)
                try JSONWebSignature(parsing: text).verify(with: JSONWebKey(json: publicKey), allowing: [key.algorithm])
                signed += 1
            } catch let error as JSONWebKeyError {
                rejected.insert(error.member ?? error.message)
            }
        }
        #expect(signed > 300)
        // Unsupported algorithms, keys for encryption, and a key whose operations are a single string.
        #expect(rejected == ["alg", "use", "key_ops"])
    }
}
