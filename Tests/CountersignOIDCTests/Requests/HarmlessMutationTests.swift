import Countersign
import CountersignHTTP
import CountersignJSON
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable import Countersign
@testable import CountersignOIDC

@Suite("Unusual and harmless responses")
struct HarmlessMutationTests {
    private typealias Member = HarmlessMutations.Member

    /// The number of mutations of each kind of response: five kinds, 10^6 in a full run.
    private let count = Promise.isFullRun ? 200_000 : 4_000

    private static let absent = ["null", #""""#]

    /// Reads mutations of a response, and records those that are rejected or read differently.
    private func check(
        _ response: String,
        seed: UInt64,
        needed: [HarmlessMutations.Member],
        unusual: [HarmlessMutations.Member],
        isRead: ([UInt8]) throws -> Bool
    ) {
        var mutations = HarmlessMutations(seed: seed)
        var rejected = 0
        for _ in 0..<count {
            let text = mutations.object(needed: needed, unusual: unusual)
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
}
