import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON
@testable import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("ID token validation")
struct IDTokenValidationTests {
    private static let es256 = Result { try SigningKey.generate(.es256) }
    private static let rs256 = Result { try SigningKey.generate(.rs256) }
    private static let stranger = Result { try SigningKey.generate(.es256) }

    private let key: SigningKey
    private let rsa: SigningKey
    private let stranger: SigningKey
    private let issuer: Issuer

    init() throws {
        key = try Self.es256.get()
        rsa = try Self.rs256.get()
        stranger = try Self.stranger.get()
        issuer = Issuer(keys: [JSONWebKey(key.publicKey, keyID: "k1"), JSONWebKey(rsa.publicKey, keyID: "k2")])
    }

    private typealias Claims = [String: JSONValue]

    private func signed(
        _ change: Claims = [:],
        header: String = #"{"alg":"ES256","kid":"k1","typ":"JWT"}"#,
        with other: SigningKey? = nil
    ) throws -> String {
        let claims = Issuer.claims.merging(change) { $1 }.filter { $0.value != .null }
        return try Issuer.sign(header: header, payload: Issuer.text(.object(claims)), with: other ?? key)
    }

    private func errorKind(
        _ token: String,
        _ configure: (inout IDTokenValidator) -> Void = { _ in }
    ) async -> IDTokenError.Kind? {
        let client = issuer.client()
        return await signInError { () async throws(SignInError) in
            try await client.validate(idToken: token) { validator in
                validator.nonce = Issuer.nonce
                validator.accessToken = Issuer.accessToken
                configure(&validator)
            }
        }?.idTokenError?.kind
    }

    private static let now = Issuer.now
    private static let atHash = Base64URL.encode(Array(SHA2.sha256(Issuer.accessToken.utf8).prefix(16)))

    @Test("A valid ID token is accepted in all forms that the specification allows")
    func valid() async throws {
        let allowed: [Claims] = [
            [:], ["aud": [.string(Issuer.clientID)]], ["azp": .string(Issuer.clientID)],
            ["aud": [.string(Issuer.clientID), "other"], "azp": .string(Issuer.clientID)],
            ["exp": .int(Self.now - 59)], ["iat": .int(Self.now + 60)], ["nbf": .int(Self.now + 60)],
            ["exp": .number("1750000300.5")], ["at_hash": .string(Self.atHash)], ["extra": ["a": [1, 2]]],
            ["sub": .string(String(repeating: "s", count: 255))], ["amr": ["pwd", "otp"], "sid": "s1", "acr": "gold"],
        ]
        for change in allowed {
            #expect(try await errorKind(signed(change)) == nil, "\(change)")
        }
        for header in [#"{"alg":"ES256","kid":"k1"}"#, #"{"alg":"ES256","typ":"application/JWT"}"#] {
            #expect(try await errorKind(signed(header: header)) == nil, "\(header)")
        }
        #expect(try await errorKind(signed(header: #"{"alg":"RS256","kid":"k2"}"#, with: rsa)) == nil)
    }

    @Test("P57: Every changed claim is rejected for the right reason")
    func claims() async throws {
        let now = Self.now
        let table: [(Claims, IDTokenError.Kind)] = [
            (["iss": "https://issuer.example/"], .wrongIssuer),
            (["iss": "https://ISSUER.example"], .wrongIssuer),
            (["iss": "http://issuer.example"], .wrongIssuer),
            (["iss": nil], .missingClaim),
            (["iss": 1], .malformedClaims),
            (["aud": "other"], .wrongAudience),
            (["aud": []], .wrongAudience),
            (["aud": ""], .wrongAudience),
            (["aud": nil], .missingClaim),
            (["aud": ["a": 1]], .malformedClaims),
            (["aud": [.string(Issuer.clientID), 1]], .malformedClaims),
            (["aud": [.string(Issuer.clientID), "other"]], .untrustedAudience),
            (["aud": [.string(Issuer.clientID), "other"], "azp": "other"], .wrongAuthorizedParty),
            (["azp": "other"], .wrongAuthorizedParty),
            (["aud": [.string(Issuer.clientID), "other"], "azp": [.string(Issuer.clientID)]], .malformedClaims),
            (["aud": [.string(Issuer.clientID), "other"], "azp": 7], .malformedClaims),
            (["exp": .int(now - 60)], .expired),
            (["exp": .int(0)], .expired),
            (["exp": nil], .missingClaim),
            (["exp": "1750000300"], .malformedClaims),
            (["exp": .number("1e308")], .malformedClaims),
            (["exp": .int(-1)], .malformedClaims),
            (["exp": .bool(true)], .malformedClaims),
            (["iat": .int(now + 61)], .issuedInTheFuture),
            (["iat": nil], .missingClaim),
            (["iat": .object([:])], .malformedClaims),
            (["nbf": .int(now + 61)], .notYetValid),
            (["nbf": .string(String(now + 61))], .notYetValid),
            (["nonce": "n-0S6_WzA2Mk"], .wrongNonce),
            (["nonce": ""], .wrongNonce),
            (["nonce": nil], .missingClaim),
            (["nonce": 1], .malformedClaims),
            (["sub": nil], .missingClaim),
            (["sub": ""], .wrongSubject),
            (["sub": .string(String(repeating: "s", count: 256))], .wrongSubject),
            (["sub": 1], .malformedClaims),
            (["at_hash": .string(String(Self.atHash.dropLast()) + "A")], .wrongAccessTokenHash),
            (["at_hash": ""], .wrongAccessTokenHash),
            (["at_hash": .string(Self.atHash + "=")], .wrongAccessTokenHash),
            (["at_hash": .int(1)], .malformedClaims),
            (["auth_time": .int(now + 61)], .wrongAuthenticationTime),
            (["auth_time": .string(String(now + 61))], .wrongAuthenticationTime),
        ]
        for (change, expected) in table {
            #expect(try await errorKind(signed(change)) == expected, "\(change)")
        }
        Promise.seen(57, "\(table.count) changed claims rejected, each for the right reason")
    }

    @Test("P64: A claim that nobody asked for is ignored if it is null or of another type")
    func unrequestedClaims() async throws {
        let values: [JSONValue] = [
            .null, 1, -1, .number("1e400"), .bool(true), .bool(false), "", "pwd", "1700000000", [], ["a"],
            [1, .null, "a"],
            [:], ["a": ["b": .null]],
        ]
        var count = 0
        for name in ["acr", "azp", "nbf", "auth_time", "amr", "sid", "email_verified", "updated_at", "address"] {
            // A text in `azp` names another client.
            for value in values where name != "azp" || value != "pwd" && value != "1700000000" {
                let claims = Issuer.claims.merging([name: value]) { $1 }
                let header = #"{"alg":"ES256","kid":"k1","typ":null,"cty":null,"x5t":null}"#
                let token = try Issuer.sign(header: header, payload: Issuer.text(.object(claims)), with: key)
                #expect(await errorKind(token) == nil, "\(name): \(value)")
                count += 1
            }
        }
        Promise.seen(64, "\(count) harmless claims, none of which refuses a sign-in")
    }

    @Test("P64: A claim that protects the token must not be null")
    func nullClaims() async throws {
        for name in ["iss", "aud", "sub", "exp", "iat", "nonce"] {
            let claims = Issuer.claims.merging([name: .null]) { $1 }
            let payload = Issuer.text(.object(claims))
            let token = try Issuer.sign(header: #"{"alg":"ES256","kid":null}"#, payload: payload, with: key)
            #expect(await errorKind(token) == .missingClaim, "\(name)")
        }
        let audiences = Issuer.claims.merging(["aud": [.string(Issuer.clientID), "other"], "azp": .null]) { $1 }
        let payload = Issuer.text(.object(audiences))
        let token = try Issuer.sign(header: #"{"alg":"ES256","kid":"k1"}"#, payload: payload, with: key)
        #expect(await errorKind(token) == .untrustedAudience)
    }

    @Test("P64: A claim that was asked for must have its type")
    func requestedClaims() async throws {
        let times: [(JSONValue, IDTokenError.Kind)] = [
            (.null, .missingClaim), (.string(String(Self.now - 5)), .malformedClaims), ([], .malformedClaims),
            (.bool(true), .malformedClaims), (.number("1e308"), .malformedClaims),
        ]
        for (value, expected) in times {
            let claims = Issuer.claims.merging(["auth_time": value]) { $1 }
            let payload = Issuer.text(.object(claims))
            let token = try Issuer.sign(header: #"{"alg":"ES256","kid":"k1"}"#, payload: payload, with: key)
            #expect(await errorKind(token) { $0.maxAge = .seconds(300) } == expected, "auth_time: \(value)")
        }
        let contexts: [(JSONValue, IDTokenError.Kind)] = [
            (.null, .missingClaim), (1, .malformedClaims), (["gold"], .malformedClaims),
            ("", .wrongAuthenticationContext),
        ]
        for (value, expected) in contexts {
            let claims = Issuer.claims.merging(["acr": value]) { $1 }
            let payload = Issuer.text(.object(claims))
            let token = try Issuer.sign(header: #"{"alg":"ES256","kid":"k1"}"#, payload: payload, with: key)
            #expect(await errorKind(token) { $0.requiredACRValues = ["gold", "1"] } == expected, "acr: \(value)")
        }
    }

    @Test("P64: The error for an algorithm names the token's and the allowed ones, and repeats no other text")
    func algorithmErrors() async throws {
        let client = issuer.client { $0.idTokenAlgorithms = [.es256, .edDSA] }
        func message(_ algorithm: String, _ client: OIDCClient) async throws -> String {
            let token = try signed(header: #"{"alg":"\#(algorithm)","kid":"k1"}"#)
            let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: token) }
            #expect(error?.idTokenError?.kind == .algorithmNotAllowed)
            return error?.idTokenError?.message ?? ""
        }
        #expect(
            try await message("HS256", client)
                == """
                the signature algorithm is not allowed: the token has HS256, allowed are ES256, Ed25519, EdDSA; compare \
                idTokenAlgorithms with the server's metadata
                """
        )
        for text in ["", "<script>", "ES256\\n", "\u{212A}", String(repeating: "A", count: 21), "a b", "é"] {
            let message = try await message(text, client)
            #expect(message.contains("the token has an unknown one, allowed are"), "\(text)")
        }
        // The server's metadata narrows the allowed ones.
        let listing = Issuer(keys: [], algorithms: ["RS256", "PS256", "HS256"]).client()
        #expect(try await message("ES256", listing).contains("the token has ES256, allowed are PS256, RS256;"))
    }

    @Test("P65: Ed25519 and EdDSA are one algorithm in headers, keys and metadata")
    func ed25519() async throws {
        let key = try SigningKey.generate(.edDSA)
        let usual = JSONWebKeySet([JSONWebKey(key.publicKey, keyID: "k1", algorithm: .edDSA)]).json
        for algorithms in [nil, ["Ed25519"], ["EdDSA"], ["RS256", "Ed25519"]] {
            for keys in [usual, usual.replacing("EdDSA", with: "Ed25519")] {
                let issuer = Issuer(keys: [], algorithms: algorithms)
                issuer.publish(keys)
                let client = issuer.client { $0.idTokenAlgorithms = [.edDSA] }
                for name in ["EdDSA", "Ed25519"] {
                    let token = try signed(header: #"{"alg":"\#(name)","kid":"k1"}"#, with: key)
                    #expect(try await client.validate(idToken: token, nonce: Issuer.nonce).subject == "u1")
                }
                for name in ["Ed448", "ed25519", "EDDSA", "Ed25519ph"] {
                    let token = try signed(header: #"{"alg":"\#(name)","kid":"k1"}"#, with: key)
                    let error = await signInError { () async throws(SignInError) in
                        try await client.validate(idToken: token)
                    }
                    #expect(error?.idTokenError?.kind == .algorithmNotAllowed)
                }
            }
        }
    }

    @Test("P65: An issuer whose keys for several algorithms have one kid can sign with each of them")
    func sharedKeyID() async throws {
        let keys = [JSONWebKey(key.publicKey, keyID: "x"), JSONWebKey(rsa.publicKey, keyID: "x")]
        for keys in [keys, keys.reversed()] {
            let client = Issuer(keys: keys).client()
            let tokens = [
                try signed(header: #"{"alg":"ES256","kid":"x"}"#),
                try signed(header: #"{"alg":"RS256","kid":"x"}"#, with: rsa),
            ]
            for token in tokens {
                #expect(try await client.validate(idToken: token, nonce: Issuer.nonce).subject == "u1")
            }
            let forged = try signed(header: #"{"alg":"ES256","kid":"x"}"#, with: stranger)
            let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: forged) }
            #expect(error?.idTokenError?.kind == .invalidSignature)
        }
    }

    @Test("P57: Every changed header, signature and encoding is rejected for the right reason")
    func form() async throws {
        let good = try signed()
        let parts = good.split(separator: ".").map(String.init)
        let (header, payload, signature) = (parts[0], parts[1], parts[2])
        let none = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        let flipped = (signature.hasPrefix("A") ? "B" : "A") + signature.dropFirst()
        let elevated = try signed(["sub": "admin"]).split(separator: ".")[1]
        // Signed with the public key as the secret, which deceives verifiers that trust the algorithm of the header.
        let hs256 = JSONWebSignature.signHS256(
            .init(type: "JWT", keyID: "k1"),
            payload: Base64URL.decode(payload) ?? [],
            secret: Array(JSONWebKey(key.publicKey).json.utf8)
        )
        let raw = Issuer.text(.object(Issuer.claims))
        let twice = String(raw.dropLast()) + #","sub":"admin"}"#
        func withHeader(_ text: String, with other: SigningKey? = nil) throws -> String {
            try signed(header: text, with: other)
        }
        func withPayload(_ text: String) throws -> String {
            try Issuer.sign(header: #"{"alg":"ES256","kid":"k1"}"#, payload: text, with: key)
        }
        let table: [(String, IDTokenError.Kind)] = [
            ("", .malformed), ("a.b", .malformed), ("a.b.c.d", .malformed), ("....", .encrypted),
            ("\(header).\(payload).\(signature).x.y", .encrypted),
            ("\(header).\(payload).\(signature).x.y.z", .malformed),
            ("\(header).\(payload)", .malformed), ("\(header).\(payload).\(signature)=", .malformed),
            (" " + good, .malformed), (good + "\n", .malformed), ("\(header)!.\(payload).\(signature)", .malformed),
            ("\(none).\(payload).", .algorithmNotAllowed), ("\(none).\(payload).\(signature)", .algorithmNotAllowed),
            (hs256, .algorithmNotAllowed),
            (try withHeader(#"{"alg":"nOnE"}"#), .algorithmNotAllowed),
            (try withHeader(#"{"alg":"es256"}"#), .algorithmNotAllowed),
            (try withHeader(#"{"alg":"RS384","kid":"k2"}"#), .algorithmNotAllowed),
            (try withHeader(#"{"alg":1}"#), .malformed),
            (try withHeader(#"{"kid":"k1"}"#), .malformed),
            (try withHeader(#"{"alg":"ES256","alg":"none"}"#), .malformed),
            (try withHeader(#"{"alg":"ES256","kid":7}"#), .malformed), (try withHeader("[]"), .malformed),
            (try withHeader(#"{"alg":"ES256","kid":"k1","crit":["exp"]}"#), .criticalExtension),
            (try withHeader(#"{"alg":"ES256","kid":"k1","b64":false,"crit":["b64"]}"#), .criticalExtension),
            (try withHeader(#"{"alg":"ES256","kid":"k1","typ":"at+jwt"}"#), .wrongType),
            (try withHeader(#"{"alg":"ES256","kid":"k1","typ":"logout+jwt"}"#), .wrongType),
            (try withHeader(#"{"alg":"ES256","kid":"k1","typ":"dpop+jwt"}"#), .wrongType),
            (try withHeader(#"{"alg":"ES256","kid":"k1","typ":1}"#), .wrongType),
            (try withHeader(#"{"alg":"ES256","kid":"k1","cty":"JWT"}"#), .nested),
            (try withHeader(#"{"alg":"ES256","kid":"k9"}"#), .unknownKey),
            (try withHeader(#"{"alg":"ES256","kid":"k2"}"#), .unknownKey),
            (try withHeader(#"{"alg":"EdDSA","kid":"k1"}"#), .unknownKey),
            (try withHeader(#"{"alg":"ES256","kid":"k1"}"#, with: stranger), .invalidSignature),
            (
                try withHeader(
                    #"{"alg":"ES256","kid":"k1","jwk":\#(JSONWebKey(stranger.publicKey).json)}"#,
                    with: stranger
                ), .invalidSignature
            ),
            (
                try withHeader(#"{"alg":"ES256","kid":"k1","jku":"https://evil.example/keys"}"#, with: stranger),
                .invalidSignature
            ),
            (try withHeader(#"{"alg":"RS256","kid":"k2"}"#, with: key), .invalidSignature),
            ("\(header).\(elevated).\(signature)", .invalidSignature),
            ("\(header).\(payload).\(flipped)", .invalidSignature),
            ("\(header).\(payload).", .invalidSignature), ("\(header).\(payload).AAAA", .invalidSignature),
            ("\(header).\(payload).\(String(repeating: "A", count: 86))", .invalidSignature),
            (try withPayload(""), .malformedClaims), (try withPayload("[]"), .malformedClaims),
            (try withPayload("null"), .malformedClaims),
            (try withPayload(String(raw.dropLast())), .malformedClaims), (try withPayload(raw + "x"), .malformedClaims),
            (try withPayload(String(repeating: "[", count: 100_000)), .malformedClaims),
            (try withPayload(twice), .duplicateClaim),
            (try withPayload(#"{"a":{"b":1,"\#u{5C}u0062":2}}"#), .duplicateClaim),
        ]
        for (token, expected) in table {
            #expect(await errorKind(token) == expected, "\(token.prefix(80)) …")
        }
        Promise.seen(57, "\(table.count) changed headers, signatures and encodings, too")
    }

    @Test("The token is compared with the parameters of the request")
    func expectations() async throws {
        let now = Self.now
        let old: Claims = ["auth_time": .int(now - 361)]
        #expect(try await errorKind(signed(old)) { $0.maxAge = .seconds(301) } == nil)
        #expect(try await errorKind(signed(old)) { $0.maxAge = .seconds(300) } == .authenticationTooOld)
        #expect(try await errorKind(signed()) { $0.maxAge = .seconds(300) } == .missingClaim)
        #expect(try await errorKind(signed(["acr": "gold"])) { $0.requiredACRValues = ["gold", "silver"] } == nil)
        #expect(
            try await errorKind(signed(["acr": "tin"])) { $0.requiredACRValues = ["gold"] }
                == .wrongAuthenticationContext
        )
        #expect(try await errorKind(signed()) { $0.requiredACRValues = ["gold"] } == .missingClaim)
        // Without an access token or a nonce to compare with, the claims are ignored.
        #expect(try await errorKind(signed(["at_hash": "x"])) { $0.accessToken = nil } == nil)
        #expect(try await errorKind(signed(["nonce": "x"])) { $0.nonce = nil } == nil)
    }

    @Test(
        "P57: An algorithm that the program or the metadata does not list is rejected before keys are fetched"
    )
    func algorithms() async throws {
        let token = try signed()
        let listing = Issuer(keys: [JSONWebKey(key.publicKey)], algorithms: ["RS256", "HS256", "none"])
        let choosing = Issuer(keys: [JSONWebKey(key.publicKey)])
        let clients = [listing.client(), choosing.client { $0.idTokenAlgorithms = [.ps256, .edDSA] }]
        for client in clients {
            let error = await signInError { () async throws(SignInError) in
                try await client.validate(idToken: token, nonce: Issuer.nonce)
            }
            #expect(error?.idTokenError?.kind == .algorithmNotAllowed)
        }
        #expect(listing.keyFetches + choosing.keyFetches == 0)
    }

    @Test("Every supported algorithm works, with its own at_hash")
    func everyAlgorithm() async throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = try algorithm == .rs256 ? rsa : SigningKey.generate(algorithm)
            let digest =
                switch algorithm {
                case .es256, .rs256, .ps256: SHA2.sha256(Issuer.accessToken.utf8)
                case .es384: SHA2.sha384(Issuer.accessToken.utf8)
                case .es512, .edDSA: SHA2.sha512(Issuer.accessToken.utf8)
                }
            let hash = Base64URL.encode(Array(digest.prefix(digest.count / 2)))
            let token = try signed(["at_hash": .string(hash)], header: #"{"alg":"\#(algorithm.rawValue)"}"#, with: key)
            let client = Issuer(keys: [JSONWebKey(key.publicKey)], algorithms: [algorithm.rawValue]).client()
            let idToken = try await client.validate(
                idToken: token,
                nonce: Issuer.nonce,
                accessToken: AccessToken(Issuer.accessToken)
            )
            #expect(idToken.subject == "u1")
        }
    }

    @Test("The properties of an accepted ID token have the values of its claims")
    func properties() async throws {
        let token = try signed([
            "auth_time": .int(Self.now - 5), "acr": "gold", "amr": ["pwd"], "sid": "s1", "name": "Ada",
            "groups": "staff",
        ])
        let idToken = try await issuer.client().validate(idToken: token, nonce: Issuer.nonce)
        #expect(idToken.issuer == Issuer.name)
        #expect(idToken.audience == [Issuer.clientID])
        #expect(idToken.expiresAt == Date(timeIntervalSince1970: Double(Self.now + 300)))
        #expect(idToken.issuedAt == Date(timeIntervalSince1970: Double(Self.now - 10)))
        #expect(idToken.authenticatedAt == Date(timeIntervalSince1970: Double(Self.now - 5)))
        #expect(idToken.authenticationContext == "gold")
        #expect(idToken.authenticationMethods == ["pwd"])
        #expect(idToken.sessionID == "s1")
        #expect(idToken.claims.name == "Ada")
        #expect(idToken.claims.roles(claim: "groups") == ["staff"])
        #expect(idToken.claims.roles.isEmpty)
    }
}
