import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable import Countersign
@testable import CountersignOIDC

@Suite("Unusual and harmless responses")
struct HarmlessMutationTests {
    private typealias Member = HarmlessMutations.Member

    /// The number of mutations of each of six kinds of responses: more than 10^6 in a full run.
    private let count = Promise.isFullRun ? 200_000 : 2_000

    private static let absent = ["null", #""""#]

    /// Reads mutations of a response, and records those that are rejected or read differently.
    private func check(
        _ response: String,
        seed: UInt64,
        needed: [HarmlessMutations.Member],
        unusual: [HarmlessMutations.Member],
        isRead: ([UInt8]) throws -> Bool
    ) {
        check(response, seed: seed, make: { $0.document(needed: needed, unusual: unusual) }, isRead: isRead)
    }

    private func check(
        _ response: String,
        seed: UInt64,
        make: (inout HarmlessMutations) -> [UInt8],
        isRead: ([UInt8]) throws -> Bool
    ) {
        var mutations = HarmlessMutations(seed: seed)
        var rejected = 0
        for _ in 0..<count {
            let text = make(&mutations)
            let problem: String
            do {
                if try isRead(text) { continue }
                problem = "read differently"
            } catch {
                problem = "\(error)"
            }
            rejected += 1
            if rejected <= 3 { Issue.record("\(problem): \(String(decoding: text, as: UTF8.self).debugDescription)") }
        }
        #expect(rejected == 0)
        Promise.seen(61, "\(count) mutations of a \(response): \(rejected) rejected")
    }

    private static let tokenMembers: [Member] = [
        ("expires_in", ["3600", #""3600""#, "0", "-1", "3600.0", "1e308", "NaN", "true", "[]", #""soon""#] + absent),
        ("scope", [#""a b""#, #""a,b""#, #"["a","b"]"#, "7", "{}", #"" ""#] + absent),
        ("error", ["false", "0", "{}", "[]", #""  ""#] + absent),
        ("error_description", [#""x""#, "7", #""\q""#] + absent),
        ("id_token", ["7", "{}", #""\ud800""#] + absent),
        ("issued_token_type", ["7", #""urn:ietf:params:oauth:token-type:access_token""#] + absent),
    ]

    @Test(
        "P61: a token response with a valid access token is used, whatever else is in it, and its refresh token as well"
    )
    func tokenResponses() throws {
        let key = try DPoPKey.generate()
        let needed: [Member] = [
            ("access_token", [#""abc.def""#, #""abc\u002edef""#]), ("refresh_token", [#""r1""#, #""\u0072\u0031""#]),
        ]
        let types = [
            #""Bearer""#, #""bearer""#, #""BearerToken""#, #""Bearer ""#, #""BEARER""#, #""bearer_token""#, "7", "{}",
        ]
        check(
            "token response",
            seed: 610,
            needed: needed,
            unusual: [("token_type", types + Self.absent)] + Self.tokenMembers
        ) {
            let response = try TokenEndpointResponse(HTTP.Response(status: 200, body: $0), boundTo: nil)
            return response.accessToken.authorizationHeader == "Bearer abc.def" && response.refreshToken == "r1"
        }
        let bound: [Member] = needed + [("token_type", [#""DPoP""#, #""dpop""#, #""DPOP ""#, #""\u0044PoP""#])]
        check("response with a DPoP token", seed: 611, needed: bound, unusual: Self.tokenMembers) {
            let response = try TokenEndpointResponse(HTTP.Response(status: 200, body: $0), boundTo: key)
            return response.accessToken.authorizationHeader == "DPoP abc.def" && response.refreshToken == "r1"
        }
    }

    @Test("P61: a device authorization response with valid codes is used, whatever else is in it")
    func deviceResponses() {
        let needed: [Member] = [
            ("device_code", [#""d1""#]), ("user_code", [#""ABCD-EFGH""#]),
            ("verification_uri", [#""https://login.example.com/device""#, #""https:\/\/login.example.com\/device""#]),
        ]
        let unusual: [Member] = [
            ("expires_in", ["900", #""900""#, "0", "-1", "NaN", "{}", #""soon""#] + Self.absent),
            ("interval", ["10", #""10""#, "0", "-5", "1e308", "[]", #""x""#] + Self.absent),
            ("verification_uri_complete", ["7", #""javascript:1""#, #""\q""#] + Self.absent),
            ("error", ["false", "0"] + Self.absent), ("message", [#""x""#, "7"] + Self.absent),
        ]
        check("device authorization response", seed: 612, needed: needed, unusual: unusual) {
            let members = try HTTP.Response(status: 200, body: $0).jsonMembers(from: "it", requiring: "device_code")
            let authorization = try DeviceAuthorization(
                members,
                issuer: "i",
                scopes: [],
                requestedAt: MonotonicInstant(nanoseconds: 0)
            )
            return authorization.deviceCode == "d1" && authorization.userCode == "ABCD-EFGH"
                && authorization.verificationURI == "https://login.example.com/device"
                && authorization.interval >= .seconds(5) && authorization.expiresIn >= .seconds(600)
        }
    }

    @Test("P61: an introspection response about an active token is used, whatever else is in it")
    func introspectionResponses() {
        let needed: [Member] = [
            ("active", ["true"]), ("scope", [#""a b""#, #"["a","b"]"#, #"" a  b ""#]),
            ("exp", ["1750000000", #""1750000000""#, "1.75e9"]), ("aud", [#""api""#, #"["api"]"#, #"["api",null,7]"#]),
            ("cnf", [#"{"jkt":"t"}"#, #"{"x":NaN,"x":1,"jkt":"t"}"#, #"{"jkt":"t","jkt":"t"}"#]),
        ]
        let unusual: [Member] = [
            ("sub", ["7"] + Self.absent), ("client_id", ["7", "{}"] + Self.absent),
            ("iat", [#""x""#, "[]"] + Self.absent),
            ("username", ["7", #""\q""#] + Self.absent), ("iss", ["null"]), ("nbf", ["null", #""x""#]),
            ("token_type", ["7"] + Self.absent), ("error", [#""x""#, "7"] + Self.absent),
        ]
        check("introspection response", seed: 613, needed: needed, unusual: unusual) {
            let response = HTTP.Response(status: 200, body: $0)
            let found = try IntrospectionResponse(response.jsonMembers(from: "it", requiring: "active"))
            return found.isActive && found.scopes == ["a", "b"] && found.audience == ["api"]
                && found.expiresAt?.timeIntervalSince1970 == 1_750_000_000 && found.keyThumbprint == "t"
        }
    }

    @Test("P61: metadata with valid endpoints is used, whatever else is in it")
    func metadata() throws {
        let issuer = "https://login.example.com"
        let url = try HTTP.URL("\(issuer)/.well-known/openid-configuration")
        let needed: [Member] = [
            ("issuer", [#""https://login.example.com""#, #""https:\/\/login.example.com""#]),
            ("token_endpoint", [#""https://login.example.com/token""#]),
            ("jwks_uri", [#""https://login.example.com/keys""#, #""https:\/\/login.example.com\/keys""#]),
        ]
        let lists = [
            "code_challenge_methods_supported", "token_endpoint_auth_methods_supported",
            "dpop_signing_alg_values_supported", "id_token_signing_alg_values_supported", "scopes_supported",
        ]
        let endpoints = ["pushed_authorization_request_endpoint", "revocation_endpoint", "userinfo_endpoint"]
        let flags = ["require_pushed_authorization_requests", "authorization_response_iss_parameter_supported"]
        var unusual: [Member] = []
        for name in lists { unusual.append((name, ["null", "[]", "[null]", "{}", "7"])) }
        for name in endpoints { unusual.append((name, ["null"])) }
        for name in flags { unusual.append((name, ["null", "false"])) }
        check("metadata document", seed: 614, needed: needed, unusual: unusual) { body in
            let metadata = try AuthorizationServerMetadata(parsing: body, from: url, of: issuer)
            return metadata["token_endpoint"]?.string == "\(issuer)/token"
                && metadata["jwks_uri"]?.string == "\(issuer)/keys"
                && lists.allSatisfy { metadata.list($0) == nil } && flags.allSatisfy { !metadata.flag($0) }
                && !metadata.names(.pushedAuthorization) && !metadata.names(.revocation)
        }
    }

    @Test("P61: a valid key of a key set is used, whatever else is in the set")
    func keySets() throws {
        let key = JSONWebKey(try SigningKey.generate(.es256).publicKey)
        let members = try JSONDocument(parsing: Array(key.json.utf8)).root.members
        var needed: [Member] = [("kid", [#""k1""#, #""\u006b1""#])]
        for (name, value) in members { needed.append((name.string ?? "", [#""\#(value.string ?? "")""#])) }
        let unusual: [Member] = [
            ("use", ["null", #""sig""#]), ("alg", ["null", #""ES256""#]), ("key_ops", ["null", #"["verify"]"#]),
            ("x5c", ["null", "7", "NaN"]), ("x5t", ["null", #""\q""#]), ("exp", ["null", "1"]),
            ("issuer", ["null", "7", "NaN", #""\q""#, #""https://login.example.com/{t}""#]),
        ]
        let others: [Member] = [
            ("kty", [#""EC""#, #""RSA""#, #""oct""#, #""LMS""#, "7", "null"]),
            ("kid", [#""k1""#, #""k2""#, "7", "null"]),
            ("crv", [#""P-256""#, #""X25519""#, "null"]), ("x", [#""AA""#, "null"]), ("n", [#""AQAB""#, "{}"]),
            ("use", [#""enc""#, "7", "null"]), ("alg", [#""HS256""#, #""none""#, "7"]), ("k", [#""AA""#]),
        ]
        check("key set", seed: 615) { mutations in
            var keys = [mutations.object(needed: needed, unusual: unusual)]
            for _ in 0..<3 { keys.append(mutations.object(needed: [], unusual: others)) }
            keys += ["null", "7", "[]", #""k1""#].map { Array($0.utf8) }
            return mutations.object(named: "keys", of: keys)
        } isRead: { body in
            try JSONWebKeySet(parsing: body).keys.contains { $0.keyID == "k1" && $0.thumbprint == key.thumbprint }
        }
    }
}
