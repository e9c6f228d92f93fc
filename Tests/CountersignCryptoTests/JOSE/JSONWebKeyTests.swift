import Countersign
import CountersignCrypto
import Testing

@Suite("JSON Web Keys")
struct JSONWebKeyTests {
    private static let x = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"
    private static let y = "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
    private static let ec = #""kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)""#
    private static let n =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        + "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        + "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        + "nqDKgw"

    @Test(
        "The thumbprint is the published one",
        arguments: [
            // RFC 9449 section 6.1
            (#"{"kty":"EC","x":"\#(x)","y":"\#(y)","crv":"P-256"}"#, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
            // RFC 7638 section 3.1
            (
                #"{"kty":"RSA","n":"\#(n)","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
            ),
            // RFC 8037 appendix A.3
            (
                #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
            ),
        ]
    )
    func thumbprint(json: String, thumbprint: String) throws {
        #expect(try JSONWebKey(parsing: json).thumbprint == thumbprint)
    }

    @Test("Public members of a key, and only those, survive a round trip", arguments: SignatureAlgorithm.allCases)
    func writing(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let published = JSONWebKey(key.publicKey, keyID: "a \"quoted\" name", algorithm: algorithm)
        #expect(try JSONWebKey(parsing: published.json) == published)
        #expect(!published.json.contains(#""d""#))
        #expect(try JSONWebKey(parsing: JSONWebKey(key.publicKey).json).keyID == nil)
        #expect(try JSONWebKeySet(parsing: JSONWebKeySet([published]).json).keys == [published])
    }

    @Test("A leading zero of an RSA number changes neither the key nor its thumbprint")
    func leadingZero() throws {
        guard let bytes = Base64URL.decode(Self.n) else {
            Issue.record("the modulus is not base64url")
            return
        }
        let text = Base64URL.encode([0] + bytes)
        let key = try JSONWebKey(parsing: #"{"kty":"RSA","n":"\#(text)","e":"AAEAAQ"}"#)
        #expect(try key == JSONWebKey(parsing: #"{"kty":"RSA","n":"\#(Self.n)","e":"AQAB"}"#))
    }

    @Test(
        "An invalid or inconsistent key is rejected with the name of the member",
        arguments: [
            (#"{\#(ec),"use":"enc"}"#, "use"),
            (#"{\#(ec),"use":1}"#, "use"),
            (#"{\#(ec),"key_ops":["sign"]}"#, "key_ops"),
            (#"{\#(ec),"key_ops":["verify","verify"]}"#, "key_ops"),
            (#"{\#(ec),"key_ops":"verify"}"#, "key_ops"),
            (#"{\#(ec),"key_ops":["verify",2]}"#, "key_ops"),
            (#"{\#(ec),"alg":"ES384"}"#, "alg"),
            (#"{\#(ec),"alg":"RS256"}"#, "alg"),
            (#"{\#(ec),"alg":"HS256"}"#, "alg"),
            (#"{\#(ec),"alg":"none"}"#, "alg"),
            (#"{\#(ec),"kid":7}"#, "kid"),
            (#"{\#(ec),"kid":"\#(String(repeating: "k", count: 1025))"}"#, "kid"),
            (#"{\#(ec),"d":"AQ"}"#, "d"),
            (#"{"kty":"oct","k":"AQ"}"#, "k"),
            (#"{"kty":"EC","crv":"P-256","x":"\#(x)"}"#, "y"),
            (#"{"kty":"EC","crv":"P-384","x":"\#(x)","y":"\#(y)"}"#, "x"),
            (#"{"kty":"EC","crv":"secp256k1","x":"\#(x)","y":"\#(y)"}"#, "crv"),
            (#"{"kty":"EC","crv":"P-256","x":"\#(x)=","y":"\#(y)"}"#, "x"),
            (#"{"kty":"RSA","x":"\#(x)","y":"\#(y)"}"#, "n"),
            (#"{"kty":"RSA","n":"\#(String(repeating: "A", count: 2000))","e":"AQAB"}"#, "n"),
            (#"{"kty":"OKP","crv":"X25519","x":"\#(x)"}"#, "crv"),
            (#"{"kty":"ec"}"#, "kty"),
            (#"{}"#, "kty"),
            (#"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(x)"}"#, nil),
            (#"{"kty":"RSA","n":"\#(n)","e":"AQ"}"#, nil),
            (#"{"kty":"RSA","n":"\#(n)","e":"Ag"}"#, nil),
            (#"{\#(ec),"kty":"EC"}"#, nil),
            (#"[]"#, nil),
            (#"{"#, nil),
            ("", nil),
        ]
    )
    func rejections(json: String, member: String?) {
        let error = #expect(throws: JSONWebKeyError.self) { try JSONWebKey(parsing: json) }
        #expect(error?.member == member)
    }

    @Test(
        "P65: A null member of a key counts as missing",
        arguments: [
            #""use":null"#, #""alg":null"#, #""key_ops":null"#, #""kid":null"#, #""d":null,"k":null"#,
            #""x5c":null,"x5t":null,"oth":null,"exp":null"#, #""use":null,"alg":null,"key_ops":null,"kid":null"#,
        ]
    )
    func nullMembers(members: String) throws {
        let key = try JSONWebKey(parsing: "{\(Self.ec),\(members)}")
        #expect(key == (try JSONWebKey(parsing: "{\(Self.ec)}")))
        #expect(throws: JSONWebKeyError.self) { try JSONWebKey(parsing: #"{"kty":null,\#(members)}"#) }
    }

    @Test("P65: Ed25519 and EdDSA are one algorithm of a key")
    func ed25519() throws {
        let published = JSONWebKey(try SigningKey.generate(.edDSA).publicKey, algorithm: .edDSA)
        let renamed = published.json.replacing("EdDSA", with: "Ed25519")
        #expect(renamed != published.json)
        #expect(try JSONWebKey(parsing: renamed) == published)
        #expect(throws: JSONWebKeyError.self) {
            try JSONWebKey(parsing: #"{\#(Self.ec),"alg":"Ed25519"}"#)
        }
        #expect(throws: JSONWebKeyError.self) {
            try JSONWebKey(parsing: renamed.replacing(#""Ed25519"}"#, with: #""Ed448"}"#))
        }
    }

    @Test("A set skips unusable keys and reads the others")
    func usableKeys() throws {
        let set = try JSONWebKeySet(
            parsing: #"""
                {"keys":[{"kty":"oct","k":"AQ","kid":"a"},{\#(Self.ec),"use":"enc","kid":"a"},7,{"kty":"PQ"},
                {\#(Self.ec),"kid":"a","use":"sig","key_ops":["verify"],"alg":"ES256","x5c":["…"],"ext":true}]}
                """#
        )
        #expect(set.keys.map(\.keyID) == ["a"])
        #expect(set.keys.first?.algorithm == .es256)
    }

    @Test(
        "P65: A faulty key of a set, or a fault outside of its keys, costs no other key",
        arguments: [
            #"{"keys":[{\#(ec),"kid":"a","kid":"b"},KEY]}"#, #"{"keys":[KEY],"x":nul,"y":"\ud800"}"#,
            #"{"keys":[{\#(ec),"use":"sig","\u0075se":"enc"},KEY]}"#,
            #"{"keys":[{\#(ec),"alg":"ES256K","kid":"x"},KEY]}"#, #"{"keys":[{"kty":"AKP","alg":"ML-DSA-65"},KEY]}"#,
            #"{"keys":[null,[],"KEY",{},{\#(ec),"kid":7},KEY]}"#, #"{"keys":[{"kty":null,"crv":null},KEY]}"#,
            #"{"keys":[{\#(ec),"x5c":[{"a":1,"a":2}],"d":"AQ"},KEY]}"#, #"{"a":1,"a":2,"keys":[KEY]}"#,
            #"{"keys":[KEY],"cache":{"x":null,"x":null}}"#,
        ]
    )
    func faultyKeys(json: String) throws {
        let set = try JSONWebKeySet(
            parsing: json.replacing(",KEY", with: ",{\(Self.ec),\"kid\":\"good\"}")
                .replacing("[KEY", with: "[{\(Self.ec),\"kid\":\"good\"}")
        )
        #expect(set.keys.map(\.keyID) == ["good"])
    }

    @Test(
        "An ambiguous, invalid or oversized set is rejected",
        arguments: [
            #"{"keys":[],"keys":[{}]}"#,
            #"{"keys":null}"#,
            #"{"keys":{}}"#,
            #"{}"#,
            #"[]"#,
            "",
            #"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
        ]
    )
    func rejectedSets(json: String) {
        #expect(throws: JSONWebKeyError.self) { try JSONWebKeySet(parsing: json) }
    }

    @Test(
        "A private key that is not for signing, inconsistent or for another algorithm is rejected",
        arguments: [
            (#"{"key_ops":["verify"],"#, "key_ops"),
            (#"{"key_ops":["sign, verify"],"#, "key_ops"),
            (#"{"use":"enc","#, "use"),
            (#"{"alg":"ES384","#, "alg"),
            (#"{"d":"AQ","#, nil),
        ]
    )
    func rejectedPrivateKeys(prefix: String, member: String?) {
        let error = #expect(throws: JSONWebKeyError.self) {
            try SigningKey(jsonWebKey: prefix + KeyFixtures.jsonWebKey.dropFirst())
        }
        #expect(error?.member == member)
        #expect(error?.description.contains("ButMmKA1") == false)
    }

    @Test("A private key without a private number is rejected")
    func missingPrivateNumber() {
        let error = #expect(throws: JSONWebKeyError.self) { try SigningKey(jsonWebKey: "{\(Self.ec)}") }
        #expect(error?.member == "d")
    }

    @Test("The alg of a private key determines its algorithm, and another one cannot be requested")
    func privateAlgorithm() throws {
        let json = #"{"alg":"ES256","# + KeyFixtures.jsonWebKey.dropFirst()
        #expect(try SigningKey(jsonWebKey: json).algorithm == .es256)
        #expect(try SigningKey(jsonWebKey: json, algorithm: .es256).algorithm == .es256)
        #expect(throws: JSONWebKeyError.self) { try SigningKey(jsonWebKey: json, algorithm: .es384) }
        #expect(throws: JSONWebKeyError.self) { try SigningKey(jsonWebKey: KeyFixtures.jsonWebKey, algorithm: .rs256) }
    }
}
