import Foundation
import TestSupport
import Testing

@testable import Countersign

@Suite("Challenges and refusals")
struct ChallengeTests {
    @Test(
        "WWW-Authenticate is read scheme by scheme",
        arguments: [
            ([""], []),
            (["Bearer"], [Challenge(scheme: "bearer")]),
            (["bEARER realm=\"a, b\""], [Challenge(scheme: "bearer", parameters: ["realm": "a, b"])]),
            (
                ["Bearer error=\"invalid_token\", error_description=\"it \\\"expired\\\"\""],
                [
                    Challenge(
                        scheme: "bearer",
                        parameters: ["error": "invalid_token", "error_description": "it \"expired\""]
                    )
                ]
            ),
            (
                ["DPoP error=use_dpop_nonce, algs=\"ES256 PS256\", Bearer realm=x, Basic realm=\"y\""],
                [
                    Challenge(scheme: "dpop", parameters: ["error": "use_dpop_nonce", "algs": "ES256 PS256"]),
                    Challenge(scheme: "bearer", parameters: ["realm": "x"]),
                    Challenge(scheme: "basic", parameters: ["realm": "y"]),
                ]
            ),
            (["Negotiate abc/d+e==, Bearer"], [Challenge(scheme: "negotiate"), Challenge(scheme: "bearer")]),
            (["NTLM TlRM=", "DPoP"], [Challenge(scheme: "ntlm"), Challenge(scheme: "dpop")]),
            ([",, Bearer ,realm = x"], [Challenge(scheme: "bearer", parameters: ["realm": "x"])]),
            (["Bearer error=\"a\", error=\"b\""], [Challenge(scheme: "bearer", parameters: ["error": "a"])]),
            (["Custom x=\"not closed, Bearer"], [Challenge(scheme: "custom")]),
            (["\"quoted\" Bearer"], []),
        ] as [([String], [Challenge])]
    )
    func parse(fields: [String], expected: [Challenge]) {
        #expect(Challenge.parse(fields) == expected)
    }

    @Test("P58: a hostile field of 64 KiB is read without harm")
    func hostile() {
        for pattern in ["\"", "a=\"", "a,", "a b ", "= ", "\\", "a=\"\\\"", ", ,"] {
            let text = String(repeating: pattern, count: 65_536 / pattern.utf8.count)
            #expect(Challenge.parse([text]).count <= 65_536)
        }
    }

    @Test("P58: a field sixteen times as long takes sixteen times as long to read, not two hundred and fifty-six")
    func linear() {
        func cost(_ pattern: String, _ bytes: Int) -> Double {
            let field = [String(repeating: pattern, count: bytes / pattern.utf8.count)]
            // The least of some: what else the machine does only adds.
            return (0..<7).map { _ in
                let start = threadTime()
                _ = Challenge.parse(field)
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
        "P28: which 401 is about our token",
        arguments: [
            (401, ["Bearer error=\"invalid_token\""], false, ChallengeOutcome.token),
            (401, ["Bearer"], true, .token),
            (401, ["DPoP error=\"invalid_token\""], true, .token),
            (401, ["DPoP error=\"invalid_token\""], false, .token),
            (401, [], false, .token),
            (401, ["Basic realm=\"x\""], false, .none),
            (401, ["Basic realm=\"x\", Bearer error=\"invalid_token\""], false, .token),
            (401, ["Bearer error=\"insufficient_scope\""], false, .none),
            (401, ["Bearer error=\"insufficient_user_authentication\", acr_values=\"x\""], false, .none),
            (403, ["Bearer error=\"invalid_token\""], false, .none),
            (200, ["Bearer error=\"invalid_token\""], false, .none),
            (401, ["DPoP error=\"use_dpop_nonce\""], true, .none),
            (401, ["DPoP error=\"invalid_dpop_proof\""], true, .proof),
            // A bearer call has no proof to repair: whatever is wrong, it is not that.
            (401, ["Bearer realm=\"error=use_dpop_nonce\""], false, .token),
        ] as [(Int, [String], Bool, ChallengeOutcome)]
    )
    func refusals(status: Int, challenges: [String], isDPoP: Bool, expected: ChallengeOutcome) {
        var response = HTTP.Response(status: HTTP.Status(rawValue: status))
        for challenge in challenges { response.fields.append(name: .wwwAuthenticate, value: challenge) }
        #expect(ChallengeOutcome(response, isDPoP: isDPoP, hasNonce: false, unchallenged: true) == expected)
    }

    @Test(
        "With a usable nonce, use_dpop_nonce is answered with it; a proof refused for more is looked at further",
        arguments: [("use_dpop_nonce", ChallengeOutcome.nonce), ("invalid_dpop_proof", .proof)]
    )
    func nonce(error: String, expected: ChallengeOutcome) {
        var response = HTTP.Response(status: 401)
        response.fields.append(name: .wwwAuthenticate, value: "dpop ERROR=\"\(error)\"")
        #expect(ChallengeOutcome(response, isDPoP: true, hasNonce: true, unchallenged: true) == expected)
        #expect(ChallengeOutcome(response, isDPoP: false, hasNonce: true, unchallenged: true) == .none)
    }

    @Test("A 401 without a challenge is left to the caller where the policy says so")
    func unchallenged() {
        #expect(ChallengeOutcome(HTTP.Response(status: 401), isDPoP: false, hasNonce: false, unchallenged: false) == .none)
    }

    /// The processor time of this thread, which waiting for a processor is no part of, in nanoseconds.
    private func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
