import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import Foundation
import TestSupport
import Testing

@testable import CountersignTesting

@Suite("DPoP proof verification")
struct ProofVerifierTests {
    static let endpoint = "https://as.example.com/token"
    static let time = 1_750_000_000.0

    static func rules(
        nonces: NoncePolicy = .none,
        algorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
    ) -> ProofVerifier.Rules {
        ProofVerifier.Rules(nonces: nonces, window: .seconds(60), algorithms: algorithms)
    }

    static func request(_ proofs: [String], url: String = endpoint, method: HTTP.Method = .post) throws -> HTTP.Request
    {
        var request = HTTP.Request(method: method, url: try HTTP.URL(url))
        for proof in proofs { request.fields.append(name: .dpop, value: proof) }
        return request
    }

    static func proof(_ key: SigningKey) -> HandMade.Proof {
        HandMade.Proof(key: key, htu: "\"\(endpoint)\"", iat: "\(Int(time))")
    }

    /// A mistake in a proof, and a part of the expected error message.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var name: String
        var message: String
        var make: @Sendable (inout HandMade.Proof) throws -> Void
        var testDescription: String { name }

        init(_ name: String, message: String, _ make: @escaping @Sendable (inout HandMade.Proof) throws -> Void) {
            self.name = name
            self.message = message
            self.make = make
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("typ is JWT", message: "typ") { $0.typ = #""JWT""# },
        Mistake("typ in capitals", message: "typ") { $0.typ = #""DPOP+JWT""# },
        Mistake("alg none", message: "alg") { $0.alg = #""none""# },
        Mistake("alg HS256", message: "alg") { $0.alg = #""HS256""# },
        Mistake("alg of another key type", message: "signature") { $0.alg = #""RS256""# },
        Mistake("alg is a number", message: "alg") { $0.alg = "256" },
        Mistake("no key", message: "jwk") { $0.jwk = "null" },
        Mistake("key as text", message: "jwk") { $0.jwk = #""x""# },
        Mistake("private key", message: "private part") { $0.jwk = HandMade.jwk($0.key, extra: #","d":"AAAA""#) },
        Mistake("symmetric key", message: "jwk") { $0.jwk = #"{"kty":"oct"}"# },
        Mistake("point off the curve", message: "jwk") {
            $0.jwk =
                #"{"kty":"EC","crv":"P-256","x":"\#(String(repeating: "A", count: 42))A","y":"\#(String(repeating: "A", count: 42))A"}"#
        },
        Mistake("another key", message: "signature") { $0.jwk = HandMade.jwk(try SigningKey.generate(.es256)) },
        Mistake("unknown critical header", message: "signature") { $0.moreHeader = #","crit":["x"],"x":1"# },
        Mistake("repeated header member", message: "compact JWT") { $0.moreHeader = #","typ":"dpop+jwt""# },
        Mistake("no htm", message: "htm") { $0.htm = nil },
        Mistake("another method", message: "htm") { $0.htm = #""GET""# },
        Mistake("method in lower case", message: "htm") { $0.htm = #""post""# },
        Mistake("no htu", message: "htu") { $0.htu = nil },
        Mistake("htu with a query", message: "htu") { $0.htu = "\"\(endpoint)?a=b\"" },
        Mistake("htu with an extra slash", message: "htu") { $0.htu = "\"\(endpoint)/\"" },
        Mistake("htu with the default port", message: "htu") { $0.htu = #""https://as.example.com:443/token""# },
        Mistake("htu with a host in capitals", message: "htu") { $0.htu = #""https://AS.example.com/token""# },
        Mistake("htu without scheme", message: "htu") { $0.htu = #""as.example.com/token""# },
        Mistake("htu of another host", message: "htu") { $0.htu = #""https://evil.example/token""# },
        Mistake("no jti", message: "jti") { $0.jti = nil },
        Mistake("empty jti", message: "jti") { $0.jti = #""""# },
        Mistake("jti as a number", message: "jti") { $0.jti = "1" },
        Mistake("jti of 1025 bytes", message: "jti") { $0.jti = "\"\(String(repeating: "x", count: 1025))\"" },
        Mistake("no iat", message: "iat") { $0.iat = nil },
        Mistake("iat as text", message: "iat") { $0.iat = "\"\(Int(time))\"" },
        Mistake("iat too old", message: "too old") { $0.iat = "\(Int(time) - 61)" },
        Mistake("iat in the future", message: "future") { $0.iat = "\(Int(time) + 61)" },
        Mistake("iat that overflows", message: "iat") { $0.iat = "1e999" },
        Mistake("ath without a token", message: "ath") { $0.ath = #""x""# },
    ]

    @Test("A valid proof is accepted, and the result is the thumbprint of its key")
    func correct() throws {
        let key = try SigningKey.generate(.es256)
        let proof = try ProofVerifier(noncePrefix: "n").verify(
            try Self.request([Self.proof(key).compact()], url: Self.endpoint + "?query=not-in-htu"),
            accessToken: nil,
            rules: Self.rules(),
            time: Self.time
        )
        #expect(proof.thumbprint == HandMade.thumbprint(key))
    }

    @Test("Each mistake in a proof is rejected with a message that names it", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        var proof = Self.proof(try SigningKey.generate(.es256))
        try mistake.make(&proof)
        let request = try Self.request([try proof.compact()])
        let error = #expect(throws: ProofVerifier.ProofError.self) {
            try ProofVerifier(noncePrefix: "n").verify(
                request,
                accessToken: nil,
                rules: Self.rules(),
                time: Self.time
            )
        }
        guard case .invalid(let message) = error else {
            Issue.record("expected an invalid proof, not \(String(describing: error))")
            return
        }
        #expect(message.contains(mistake.message))
    }

    @Test("No proof, two proofs and malformed tokens are rejected")
    func wrongFields() throws {
        let compact = try Self.proof(SigningKey.generate(.es256)).compact()
        let parts = compact.split(separator: ".").map(String.init)
        let wrong: [[String]] = [
            [], [compact, compact], [""], ["a.b.c"], [parts[0] + "." + parts[1]], [compact + "."], [compact + "="],
            [compact + ".x"], [parts[0] + "." + parts[1] + "."], [compact + "A"], [" " + compact],
            [compact + ", " + compact],
            [parts[0] + "." + parts[1] + "." + String(parts[2].reversed())],
            [parts[1] + "." + parts[0] + "." + parts[2]],
            [String(repeating: "A", count: 100_000)],
        ]
        for proofs in wrong {
            let request = try Self.request(proofs)
            #expect(throws: ProofVerifier.ProofError.self, "\(proofs)") {
                try ProofVerifier(noncePrefix: "n").verify(
                    request,
                    accessToken: nil,
                    rules: Self.rules(),
                    time: Self.time
                )
            }
        }
    }

    @Test("The claim ath must be the digest of the access token in the request")
    func accessTokenDigest() throws {
        let verifier = ProofVerifier(noncePrefix: "n")
        for (ath, passes) in [
            (#""\#(HandMade.digest("token"))""#, true), (nil, false), (#""\#(HandMade.digest("other"))""#, false),
            (#""token""#, false),
        ] {
            var proof = Self.proof(try SigningKey.generate(.es256))
            proof.ath = ath
            let request = try Self.request([proof.compact()])
            let result = Result {
                try verifier.verify(request, accessToken: "token", rules: Self.rules(), time: Self.time)
            }
            #expect(((try? result.get()) != nil) == passes)
        }
    }

    @Test("A proof is accepted once; another key may use the same jti")
    func replay() throws {
        let verifier = ProofVerifier(noncePrefix: "n")
        var proof = Self.proof(try SigningKey.generate(.es256))
        let request = try Self.request([proof.compact()])
        _ = try verifier.verify(request, accessToken: nil, rules: Self.rules(), time: Self.time)
        #expect(throws: ProofVerifier.ProofError.invalid("'jti' was already used")) {
            try verifier.verify(request, accessToken: nil, rules: Self.rules(), time: Self.time + 60)
        }
        proof.key = try SigningKey.generate(.es256)
        let other = try Self.request([proof.compact()])
        _ = try verifier.verify(other, accessToken: nil, rules: Self.rules(), time: Self.time)
    }

    @Test("A rejected proof does not use up its jti")
    func rejectedFirst() throws {
        let verifier = ProofVerifier(noncePrefix: "n")
        let request = try Self.request([Self.proof(SigningKey.generate(.es256)).compact()])
        #expect(throws: ProofVerifier.ProofError.self) {
            try verifier.verify(request, accessToken: "token", rules: Self.rules(), time: Self.time)
        }
        _ = try verifier.verify(request, accessToken: nil, rules: Self.rules(), time: Self.time)
    }

    @Test("Proofs of every algorithm are accepted with a matching key", arguments: SignatureAlgorithm.allCases)
    func algorithms(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        var proof = Self.proof(key)
        proof.alg = "\"\(algorithm.rawValue)\""
        switch key.publicKey.components {
        case .ec: break
        case .rsa(let n, let e):
            proof.jwk = #"{"kty":"RSA","n":"\#(HandMade.base64URL(n))","e":"\#(HandMade.base64URL(e))"}"#
        case .okp(let x):
            proof.jwk = #"{"kty":"OKP","crv":"Ed25519","x":"\#(HandMade.base64URL(x))"}"#
        }
        let request = try Self.request([proof.compact()])
        _ = try ProofVerifier(noncePrefix: "n").verify(request, accessToken: nil, rules: Self.rules(), time: Self.time)
        let others = Self.rules(algorithms: Set(SignatureAlgorithm.allCases).subtracting([algorithm]))
        #expect(throws: ProofVerifier.ProofError.self) {
            try ProofVerifier(noncePrefix: "n").verify(request, accessToken: nil, rules: others, time: Self.time)
        }
    }

    @Test("A required nonce is accepted while it is current and rejected after a rotation")
    func nonce() throws {
        let verifier = ProofVerifier(noncePrefix: "n")
        let rules = Self.rules(nonces: .required)
        func send(_ nonce: String?) throws -> ProofVerifier.ProofError? {
            var proof = Self.proof(try SigningKey.generate(.es256))
            proof.nonce = nonce.map { "\"\($0)\"" }
            let request = try Self.request([proof.compact()])
            do throws(ProofVerifier.ProofError) {
                _ = try verifier.verify(request, accessToken: nil, rules: rules, time: Self.time)
                return nil
            } catch {
                return error
            }
        }
        guard case .nonceRequired(let first) = try send(nil) else {
            Issue.record("no nonce was required")
            return
        }
        #expect(try send("wrong") == .nonceRequired(first))
        #expect(try send(first) == nil)
        #expect(try send(first) == nil)
        verifier.rotateNonce()
        let second = try #require(verifier.announcedNonce(under: .required))
        #expect(second != first)
        #expect(try send(first) == .nonceRequired(second))
        #expect(try send(second) == nil)
    }

    @Test("The nonce is checked before iat and jti, so that a client with a wrong clock gets a nonce")
    func nonceFirst() throws {
        var proof = Self.proof(try SigningKey.generate(.es256))
        proof.iat = "1"
        let request = try Self.request([proof.compact()])
        let rules = Self.rules(nonces: .required)
        #expect(throws: ProofVerifier.ProofError.nonceRequired("n.1")) {
            try ProofVerifier(noncePrefix: "n").verify(request, accessToken: nil, rules: rules, time: Self.time)
        }
    }

    @Test(
        "The proofs of RFC 9449 are valid only for their own time, method, URL and token",
        .enabled(if: SharedVectors.areAvailable, "the published vectors are not beside this package")
    )
    func publishedProofs() throws {
        let document = try SharedVectors.document("rfc/rfc9449_examples")
        let token = try #require(document["access_token"]?.string)
        let thumbprint = try #require(document["jkt"]?.string)
        var count = 0
        for proof in document["proofs"].map({ Array($0.elements) }) ?? [] {
            let compact = try #require(proof["compact"]?.string)
            let payload = try #require(proof["payload"])
            let time = Double(try #require(payload["iat"]?.int))
            let request = try Self.request(
                [compact],
                url: try #require(payload["htu"]?.string),
                method: try #require(payload["htm"]?.string.flatMap(HTTP.Method.init))
            )
            let accessToken = payload["ath"] == nil ? nil : token
            let verified = try ProofVerifier(noncePrefix: "n").verify(
                request,
                accessToken: accessToken,
                rules: Self.rules(),
                time: time
            )
            #expect(verified.thumbprint == thumbprint)
            var elsewhere = request
            elsewhere.url = try HTTP.URL("https://server.example.com/other")
            var otherwise = request
            otherwise.method = .put
            for (wrong, wrongToken, wrongTime) in [
                (elsewhere, accessToken, time), (otherwise, accessToken, time), (request, "another", time),
                (request, accessToken, time + 61), (request, accessToken, time - 61),
            ] {
                #expect(throws: ProofVerifier.ProofError.self) {
                    try ProofVerifier(noncePrefix: "n").verify(
                        wrong,
                        accessToken: wrongToken,
                        rules: Self.rules(),
                        time: wrongTime
                    )
                }
            }
            count += 1
        }
        #expect(count == 3)
    }
}
