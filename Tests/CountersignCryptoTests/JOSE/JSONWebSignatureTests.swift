import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
import TestSupport
import Testing

@Suite("JSON Web Signatures")
struct JSONWebSignatureTests {
    /// RFC 7515 appendix A.3; `s` of the signature is in the upper half, which JWS allows.
    private static let example =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
        + "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    private static let exampleKey = """
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """

    @Test("The ES256 example of RFC 7515 is valid, with its high s and with the equivalent low s")
    func rfc7515() throws {
        let key = try JSONWebKey(parsing: Self.exampleKey)
        let signature = try JSONWebSignature(parsing: Self.example)
        try signature.verify(with: key, allowing: [.es256])
        #expect(
            signature.payload
                == Array("{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}".utf8)
        )
        let lowS =
            Self.example.dropLast(86)
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmU69fgrc8OPGycO0lD3tat_FoFp57SETepkeks4eL_QfA"
        try JSONWebSignature(parsing: lowS).verify(with: key, allowing: [.es256])
    }

    @Test("The private ES256 key of RFC 7515 signs for its public half")
    func rfc7515PrivateKey() throws {
        let json = Self.exampleKey.dropLast() + #","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#
        let key = try SigningKey(jsonWebKey: String(json))
        let text = try JSONWebSignature.sign(.init(), payload: [1], key: key)
        try JSONWebSignature(parsing: text).verify(with: JSONWebKey(parsing: Self.exampleKey), allowing: [.es256])
    }

    @Test("The Ed25519 example of RFC 8037 is reproduced byte for byte and is valid")
    func rfc8037() throws {
        let key = try SigningKey(
            jsonWebKey: """
                {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",\
                "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
                """
        )
        let text = try JSONWebSignature.sign(.init(), payload: Array("Example of Ed25519 signing".utf8), key: key)
        #expect(
            text
                == "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6d"
                + "WbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        )
        try JSONWebSignature(parsing: text).verify(with: key.publicKey, allowing: [.edDSA])
    }

    @Test("The proof of RFC 9449 is valid with the key in its header, which has the published thumbprint")
    func rfc9449() throws {
        let proof =
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
            + "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
            + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwi"
            + "aWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
        let signature = try JSONWebSignature(parsing: proof)
        let key = try JSONWebKey(json: #require(signature.header["jwk"]))
        #expect(key.thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        try signature.verify(with: key, allowing: [.es256])
    }

    @Test("HS256 matches an independently computed code")
    func hs256() {
        // The header {"alg":"HS256"} and the payload {}, with a key of 32 bytes 0x0B.
        let text = JSONWebSignature.signHS256(
            .init(),
            payload: Array("{}".utf8),
            secret: [UInt8](repeating: 11, count: 32)
        )
        #expect(text == "eyJhbGciOiJIUzI1NiJ9.e30.KcVXJdQ0PJupoQ2cGClFh9NQq3qBiVs9IqE0LwRdPxs")
    }

    @Test("Signatures of every algorithm are valid with the public key", arguments: SignatureAlgorithm.allCases)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let published = JSONWebKey(key.publicKey, keyID: "k1", algorithm: algorithm)
        let header = JSONWebSignature.Header(type: "dpop+jwt", keyID: "k1", key: published)
        let text = try JSONWebSignature.sign(header, payload: Array("payload".utf8), key: key)
        let signature = try JSONWebSignature(parsing: text)
        #expect(signature.algorithmName == algorithm.rawValue)
        #expect(signature.header["typ"]?.string == "dpop+jwt")
        #expect(signature.payload == Array("payload".utf8))
        #expect(try JSONWebKey(json: #require(signature.header["jwk"])) == published)
        try signature.verify(with: published, allowing: Set(SignatureAlgorithm.allCases))
        try signature.verify(with: JSONWebKeySet([published]), allowing: [algorithm])
        let others = Set(SignatureAlgorithm.allCases).subtracting([algorithm])
        #expect(throws: JSONWebSignatureError.algorithmNotAllowed) {
            try signature.verify(with: published, allowing: others)
        }
        let otherKey = try SigningKey.generate(algorithm).publicKey
        #expect(throws: JSONWebSignatureError.invalidSignature) {
            try signature.verify(with: otherKey, allowing: [algorithm])
        }
    }

    @Test(
        "A text without exactly three parts and a JSON header is rejected",
        arguments: [
            "", ".", "..", "...", "e30", "e30.e30", "e30.e30.", "eyJhbGciOiJFUzI1NiJ9.e30.AA.AA",
            "eyJhbGciOiJFUzI1NiJ9=.e30.AA",
            "eyJhbGciOiJFUzI1NiJ9.e30.A", " eyJhbGciOiJFUzI1NiJ9.e30.AA", "eyJhbGciOiJFUzI1NiJ9.e30.AA\n", "e30.e30.AA",
            "W10.e30.AA",
            "eyJhbGciOjd9.e30.AA", "eyJhbGciOiJFUzI1NiIsImFsZyI6IkVTMjU2In0.e30.AA", #"{"payload":"","signature":""}"#,
            String(repeating: "A", count: 300_000) + ".e30.AA",
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: JSONWebSignatureError.self) { try JSONWebSignature(parsing: text) }
        guard case .malformed = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test("Every critical extension is rejected", arguments: [#"["b64"]"#, "[]", "null", #""exp""#])
    func critical(value: String) {
        let header = Base64URL.encode(Array(#"{"alg":"ES256","crit":\#(value)}"#.utf8))
        #expect(throws: JSONWebSignatureError.criticalExtension) { try JSONWebSignature(parsing: header + ".e30.AA") }
    }

    @Test(
        "A header cannot select an algorithm that is not a signature algorithm",
        arguments: ["none", "None", "", "HS256", "hs256", "es256", "ES256 ", "ES256K", "RS1", "EdDSA448"]
    )
    func foreignAlgorithms(name: String) throws {
        let key = try JSONWebKey(parsing: Self.exampleKey)
        let input = Base64URL.encode(Array(#"{"alg":"\#(name)"}"#.utf8)) + ".e30"
        // The known attack: the text of the public key as the shared secret.
        let code = HMAC.sha256(key: Self.exampleKey.utf8, message: input.utf8)
        for signature in ["", Base64URL.encode(code)] {
            let parsed = try JSONWebSignature(parsing: "\(input).\(signature)")
            #expect(throws: JSONWebSignatureError.algorithmNotAllowed) {
                try parsed.verify(with: key, allowing: Set(SignatureAlgorithm.allCases))
            }
            #expect(throws: JSONWebSignatureError.algorithmNotAllowed) {
                try parsed.verify(with: JSONWebKeySet([key]), allowing: Set(SignatureAlgorithm.allCases))
            }
        }
    }

    @Test("A key of a set is selected by its ID, or as the only suitable key")
    func choice() throws {
        let first = try SigningKey.generate(.es256)
        let second = try SigningKey.generate(.es256)
        let set = JSONWebKeySet([
            JSONWebKey(first.publicKey, keyID: "1"), JSONWebKey(second.publicKey, keyID: "2"),
            JSONWebKey(try SigningKey.generate(.edDSA).publicKey, keyID: "3"),
        ])
        func verify(_ keyID: String?, _ set: JSONWebKeySet) throws {
            let text = try JSONWebSignature.sign(.init(keyID: keyID), payload: [], key: second)
            try JSONWebSignature(parsing: text).verify(with: set, allowing: [.es256, .edDSA])
        }
        try verify("2", set)
        try verify(nil, JSONWebKeySet(Array(set.keys.dropFirst())))
        #expect(throws: JSONWebSignatureError.invalidSignature) { try verify("1", set) }
        #expect(throws: JSONWebSignatureError.unknownKey) { try verify("3", set) }
        #expect(throws: JSONWebSignatureError.unknownKey) { try verify("4", set) }
        #expect(throws: JSONWebSignatureError.unknownKey) { try verify(nil, JSONWebKeySet([])) }
        #expect(throws: JSONWebSignatureError.ambiguousKey) { try verify(nil, set) }
    }

    @Test("P65: Of several keys with one kid, the one that fits the algorithm verifies, in any order")
    func sharedKeyID() throws {
        let ec = try SigningKey.generate(.es256)
        let p384 = try SigningKey.generate(.es384)
        let ed = try SigningKey.generate(.edDSA)
        let rsa = try SigningKey(pem: KeyFixtures.rsaPKCS1)
        let pss = try SigningKey(pem: KeyFixtures.rsaPKCS1, algorithm: .ps256)
        let second = try SigningKey.generate(.es256)
        let stranger = try SigningKey.generate(.es256)
        let keys = [
            JSONWebKey(ec.publicKey, keyID: "x"), JSONWebKey(p384.publicKey, keyID: "x", algorithm: .es384),
            JSONWebKey(rsa.publicKey, keyID: "x"), JSONWebKey(ed.publicKey, keyID: "x"),
            JSONWebKey(second.publicKey, keyID: "x", algorithm: .es256), JSONWebKey(ec.publicKey, keyID: "x"),
        ]
        for keys in [keys, keys.reversed()] {
            // As a server publishes them, so that parsing is part of the test.
            let set = try JSONWebKeySet(parsing: JSONWebKeySet(keys).json)
            #expect(set.keys.count == keys.count)
            func verify(_ key: SigningKey, keyID: String? = "x", name: String? = nil) throws {
                let text = try JSONWebSignature.sign(.init(keyID: keyID), payload: [], key: key, algorithmName: name)
                try JSONWebSignature(parsing: text).verify(with: set, allowing: Set(SignatureAlgorithm.allCases))
            }
            for key in [ec, p384, rsa, pss, ed, second] { try verify(key) }
            try verify(ed, name: "Ed25519")
            try verify(p384, keyID: nil)
            #expect(throws: JSONWebSignatureError.invalidSignature) { try verify(stranger) }
            #expect(throws: JSONWebSignatureError.unknownKey) { try verify(ec, keyID: "y") }
            #expect(throws: JSONWebSignatureError.ambiguousKey) { try verify(ec, keyID: nil) }
            // The name of another algorithm does not help: the key decides (RFC 8725 section 3.1).
            #expect(throws: JSONWebSignatureError.self) { try verify(ed, name: "ES256") }
        }
        Promise.seen(65, "\(keys.count) keys with one kid: each verifies its own signatures")
    }

    @Test("P65: A key identifier is compared as bytes")
    func keyIDBytes() throws {
        let key = try SigningKey.generate(.es256)
        let set = JSONWebKeySet([JSONWebKey(key.publicKey, keyID: "\u{212A}1")])
        let text = try JSONWebSignature.sign(.init(keyID: "K1"), payload: [], key: key)
        #expect(throws: JSONWebSignatureError.unknownKey) {
            try JSONWebSignature(parsing: text).verify(with: set, allowing: [.es256])
        }
    }

    @Test("A key with an alg verifies no other algorithm of its type")
    func boundAlgorithm() throws {
        let key = try SigningKey(pem: KeyFixtures.rsaPKCS1, algorithm: .ps256)
        let text = try JSONWebSignature.sign(.init(), payload: [], key: key)
        let signature = try JSONWebSignature(parsing: text)
        try signature.verify(with: JSONWebKey(key.publicKey, algorithm: .ps256), allowing: [.rs256, .ps256])
        #expect(throws: JSONWebSignatureError.algorithmNotAllowed) {
            try signature.verify(with: JSONWebKey(key.publicKey, algorithm: .rs256), allowing: [.rs256, .ps256])
        }
    }
}
