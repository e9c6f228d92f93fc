import Foundation
import TestSupport
import Testing

@testable import Countersign

@Suite("WWW-Authenticate challenges")
struct ChallengeTests {
    @Test(
        "WWW-Authenticate is parsed into challenges",
        arguments: [
            ([""], []),
            (["Bearer"], [WWWAuthenticateChallenge(scheme: "bearer")]),
            (["bEARER realm=\"a, b\""], [WWWAuthenticateChallenge(scheme: "bearer", parameters: ["realm": "a, b"])]),
            (
                ["Bearer error=\"invalid_token\", error_description=\"it \\\"expired\\\"\""],
                [
                    WWWAuthenticateChallenge(
                        scheme: "bearer",
                        parameters: ["error": "invalid_token", "error_description": "it \"expired\""]
                    )
                ]
            ),
            (
                ["DPoP error=use_dpop_nonce, algs=\"ES256 PS256\", Bearer realm=x, Basic realm=\"y\""],
                [
                    WWWAuthenticateChallenge(
                        scheme: "dpop",
                        parameters: ["error": "use_dpop_nonce", "algs": "ES256 PS256"]
                    ),
                    WWWAuthenticateChallenge(scheme: "bearer", parameters: ["realm": "x"]),
                    WWWAuthenticateChallenge(scheme: "basic", parameters: ["realm": "y"]),
                ]
            ),
            (
                ["Negotiate abc/d+e==, Bearer"],
                [WWWAuthenticateChallenge(scheme: "negotiate"), WWWAuthenticateChallenge(scheme: "bearer")]
            ),
            (
                ["NTLM TlRM=", "DPoP"],
                [WWWAuthenticateChallenge(scheme: "ntlm"), WWWAuthenticateChallenge(scheme: "dpop")]
            ),
            ([",, Bearer ,realm = x"], [WWWAuthenticateChallenge(scheme: "bearer", parameters: ["realm": "x"])]),
            (
                ["Bearer error=\"a\", error=\"b\""],
                [WWWAuthenticateChallenge(scheme: "bearer", parameters: ["error": "a"])]
            ),
            (["Custom x=\"not closed, Bearer"], [WWWAuthenticateChallenge(scheme: "custom")]),
            (["\"quoted\" Bearer"], []),
        ] as [([String], [WWWAuthenticateChallenge])]
    )
    func parse(fields: [String], expected: [WWWAuthenticateChallenge]) {
        #expect(WWWAuthenticateChallenge.parse(fields) == expected)
    }

    @Test("P58: a hostile field of 64 KiB is parsed without harm")
    func hostile() {
        for pattern in ["\"", "a=\"", "a,", "a b ", "= ", "\\", "a=\"\\\"", ", ,"] {
            let text = String(repeating: pattern, count: 65_536 / pattern.utf8.count)
            #expect(WWWAuthenticateChallenge.parse([text]).count <= 65_536)
        }
    }

    @Test("P58: parsing takes linear time: a field sixteen times as long takes sixteen times as long")
    func linear() {
        func cost(_ pattern: String, _ bytes: Int) -> Double {
            let field = [String(repeating: pattern, count: bytes / pattern.utf8.count)]
            // The minimum of several runs, since other work on the machine only adds time.
            return (0..<7).map { _ in
                let start = threadTime()
                _ = WWWAuthenticateChallenge.parse(field)
                return threadTime() - start
            }.min() ?? 0
        }
        var worst = 0.0
        for pattern in ["a=\"", "a,", "a b ", "= ", "a=b,", "a=\"\\\"", ", ,", "Bearer x=\"y\","] {
            worst = max(worst, cost(pattern, 65_536) / cost(pattern, 4096))
        }
        #expect(worst < 64)
        Promise.seen(58, "a challenge of 64 KiB: at most \(Int(worst.rounded())) × the time of one of 4 KiB")
    }

    @Test(
        "P28: the outcome of each challenge is the expected one",
        arguments: [
            (401, ["Bearer error=\"invalid_token\""], false, ChallengeOutcome.tokenRejected),
            (401, ["Bearer"], true, .tokenRejected),
            (401, ["DPoP error=\"invalid_token\""], true, .tokenRejected),
            (401, ["DPoP error=\"invalid_token\""], false, .tokenRejected),
            (401, [], false, .tokenRejected),
            (401, ["Basic realm=\"x\""], false, .unrelated),
            (401, ["Basic realm=\"x\", Bearer error=\"invalid_token\""], false, .tokenRejected),
            (401, ["Bearer error=\"insufficient_scope\""], false, .unrelated),
            (401, ["Bearer error=\"insufficient_user_authentication\", acr_values=\"x\""], false, .unrelated),
            (403, ["Bearer error=\"invalid_token\""], false, .unrelated),
            (200, ["Bearer error=\"invalid_token\""], false, .unrelated),
            (401, ["DPoP error=\"use_dpop_nonce\""], true, .unrelated),
            (401, ["DPoP error=\"invalid_dpop_proof\""], true, .proofRejected),
            // Foreign schemes: only invalid_token is about the token.
            (401, ["OAuth2 realm=\"x\", error=\"invalid_token\""], false, .tokenRejected),
            (401, ["OAuth2 realm=\"x\", error=\"invalid_token\""], true, .tokenRejected),
            (401, ["Token error=invalid_token"], false, .tokenRejected),
            (401, ["Basic realm=\"x\"", "JWT error=\"invalid_token\""], false, .tokenRejected),
            (401, ["OAuth2 error=\"insufficient_scope\""], false, .unrelated),
            (401, ["OAuth2 error=\"use_dpop_nonce\""], true, .unrelated),
            (401, ["Bearer error=\"insufficient_scope\", OAuth2 error=\"invalid_token\""], false, .unrelated),
            (400, ["OAuth2 error=\"invalid_token\""], true, .unrelated),
            (403, ["OAuth2 error=\"invalid_token\""], false, .unrelated),
            (400, ["Bearer error=\"invalid_request\""], true, .unrelated),
            (400, ["DPoP error=\"invalid_dpop_proof\""], true, .proofRejected),
            (400, ["DPoP error=\"invalid_dpop_proof\""], false, .unrelated),
            // A bearer call has no proof, so the token must be wrong.
            (401, ["Bearer realm=\"error=use_dpop_nonce\""], false, .tokenRejected),
        ] as [(Int, [String], Bool, ChallengeOutcome)]
    )
    func refusals(status: Int, challenges: [String], isDPoP: Bool, expected: ChallengeOutcome) {
        var response = HTTP.Response(status: HTTP.Status(rawValue: status))
        for challenge in challenges { response.fields.append(name: .wwwAuthenticate, value: challenge) }
        #expect(ChallengeOutcome(response, isDPoP: isDPoP, hasNonce: false, unchallenged: true) == expected)
    }

    @Test(
        "use_dpop_nonce requires a usable nonce and a proof",
        arguments: [("use_dpop_nonce", ChallengeOutcome.nonceRequired), ("invalid_dpop_proof", .proofRejected)]
    )
    func nonce(error: String, expected: ChallengeOutcome) {
        var response = HTTP.Response(status: 401)
        response.fields.append(name: .wwwAuthenticate, value: "dpop ERROR=\"\(error)\"")
        #expect(ChallengeOutcome(response, isDPoP: true, hasNonce: true, unchallenged: true) == expected)
        #expect(ChallengeOutcome(response, isDPoP: false, hasNonce: true, unchallenged: true) == .unrelated)
    }

    @Test(
        "P69: a demand for a nonce is understood with 400 and 401, in the challenge and in a JSON body",
        arguments: [400, 401],
        [
            ("DPoP error=\"use_dpop_nonce\"", "", ChallengeOutcome.nonceRequired),
            ("Bearer error=\"use_dpop_nonce\"", "", .nonceRequired),
            ("", #"{"error":"use_dpop_nonce","error_description":"x"}"#, .nonceRequired),
            ("DPoP algs=\"ES256\"", #"{"error":"use_dpop_nonce"}"#, .nonceRequired),
            ("Basic realm=\"x\"", #"{"error":"use_dpop_nonce"}"#, .nonceRequired),
            ("DPoP error=\"invalid_dpop_proof\"", "", .proofRejected),
            ("", #"{"error":"invalid_dpop_proof"}"#, .proofRejected),
        ]
    )
    func proofErrors(status: Int, response: (challenge: String, body: String, expected: ChallengeOutcome)) {
        var received = HTTP.Response(status: HTTP.Status(rawValue: status), body: Array(response.body.utf8))
        if !response.challenge.isEmpty { received.fields.append(name: .wwwAuthenticate, value: response.challenge) }
        #expect(
            ChallengeOutcome(received, isDPoP: true, hasNonce: true, unchallenged: true) == response.expected
        )
        let withoutProof = ChallengeOutcome(received, isDPoP: false, hasNonce: true, unchallenged: true)
        #expect(withoutProof != .nonceRequired && withoutProof != .proofRejected)
    }

    @Test(
        "A body that does not speak of the proof decides nothing",
        arguments: [
            "", "{}", "[]", "use_dpop_nonce", #"{"error":["use_dpop_nonce"]}"#, #"{"error":"invalid_request"}"#,
            #"{"error":{"code":"use_dpop_nonce"}}"#,
            #"{"error":"use_dpop_nonce"} "# + String(repeating: " ", count: 1 << 16),
        ]
    )
    func otherBodies(body: String) {
        let badRequest = HTTP.Response(status: 400, body: Array(body.utf8))
        #expect(ChallengeOutcome(badRequest, isDPoP: true, hasNonce: true, unchallenged: true) == .unrelated)
        let unauthorized = HTTP.Response(status: 401, body: Array(body.utf8))
        #expect(ChallengeOutcome(unauthorized, isDPoP: true, hasNonce: true, unchallenged: true) == .unexplained)
    }

    @Test("A 401 without a challenge goes to the caller if the configuration says so")
    func unchallenged() {
        #expect(
            ChallengeOutcome(HTTP.Response(status: 401), isDPoP: false, hasNonce: false, unchallenged: false)
                == .unrelated
        )
    }

    /// Returns the processor time of this thread in nanoseconds.
    private func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
