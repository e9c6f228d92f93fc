import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Large numbers of hostile inputs")
struct HostileVolumeTests {
    @Test("P58: a mutated token response becomes a token that is valid in a header, or a typed error; none crashes")
    func tokenResponses() {
        var generator = SeededGenerator(seed: 580)
        let count = Promise.isFullRun ? 1_000_000 : 100_000
        let seeds = [
            #"{"access_token":"abc.def","token_type":"Bearer","expires_in":3600,"scope":"a b"}"#,
            #"{"access_token":"a","token_type":"bearer","expires_in":"3600"}"#,
            #"{"access_token":"a","token_type":"BEARER","expires_in":1e308,"x":[[[{"y":null}]]]}"#,
            #"{"error":"invalid_client","error_description":"no","access_token":"a"}"#,
        ].map { Array($0.utf8) }
        let pieces = [
            "\r\n", "\0", "\"", "{", "[", "]", "}", "null", "-1", "-0", "1e308", "1e-400", "NaN", "\\u000d", "\\ud800",
            "\\", ",", ":", "\u{e9}", "\u{feff}", "9999999999999999999999", #""error":"x","#, #""expires_in":"3600","#,
            #""access_token":"b","#, "true", String(repeating: "[", count: 100),
        ].map { Array($0.utf8) }
        var (tokens, errors) = (0, 0)
        for _ in 0..<count {
            var body = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...3, using: &generator) where body.count > 1 {
                let place = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: body.remove(at: place)
                case 2: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 3:
                    let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                    body.insert(contentsOf: piece, at: place)
                default: body.removeLast(body.count - max(1, place))
                }
            }
            do throws(TokenError) {
                let token = try TokenEndpointResponse(HTTP.Response(status: 200, body: body), boundTo: nil).accessToken
                tokens += 1
                let isSound = HTTP.Field.isValidValue(token.authorizationHeader) && (token.lifetime ?? .zero) >= .zero
                if !isSound { Issue.record("\(String(decoding: body, as: UTF8.self)) became a token") }
            } catch {
                errors += 1
                // The error's text contains nothing of the response except a text with the form of an error code.
                if error.description.utf8.contains(where: { $0 < 0x20 }) { Issue.record("\(error)") }
            }
        }
        #expect(tokens > count / 100)
        #expect(errors > count / 100)
        Promise.seen(58, "\(count) mutations: \(tokens) valid tokens, \(errors) typed errors, 0 crashes")
    }

    @Test("P58: a mutated challenge is parsed to the end, and each parsed challenge has a scheme")
    func challenges() {
        var generator = SeededGenerator(seed: 581)
        let count = Promise.isFullRun ? 1_000_000 : 100_000
        let pieces = [
            "Bearer", "DPoP", "Basic", " ", ",", ", ", "=", "\"", "\\", "\\\"", "error", "=\"invalid_token\"",
            "realm=x",
            "realm=\"DPoP error=use_dpop_nonce\"", "abc/d+e==", "\t", ";", "é", "\0",
        ]
        for _ in 0..<count {
            var field = "Negotiate "
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                field += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            for challenge in WWWAuthenticateChallenge.parse([field]) where challenge.scheme.isEmpty {
                Issue.record("\(field) has a challenge without a scheme")
            }
        }
    }
}
