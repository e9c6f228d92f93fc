import Countersign
import Foundation
import TestSupport
import Testing

@Suite("Verification of proofs by another implementation", .enabled(if: JOSERFC.isInstalled, JOSERFC.hint))
struct IndependentVerifierTests {
    private struct OneToken: TokenSource {
        let token: AccessToken

        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken { token }
    }

    @Test("P41: joserfc accepts proofs with ES256 and EdDSA keys that were generated, read from PEM or read from JWK")
    func verified() async throws {
        let generated = try JSONDecoder().decode([String: JOSERFC.Key].self, from: JOSERFC.run("keys"))
        var cases: [JOSERFC.Case] = []
        var thumbprints: [String] = []
        for algorithm in DPoPAlgorithm.allCases {
            let given = try #require(generated[algorithm.rawValue])
            let keys = [
                try DPoPKey.generate(algorithm),
                try DPoPKey(SigningKey(pem: given.pem)),
                try DPoPKey(SigningKey(jsonWebKey: given.jwk)),
            ]
            #expect(keys[1].thumbprint == given.thumbprint)
            #expect(keys[2].thumbprint == given.thumbprint)
            for key in keys {
                let token = try AccessToken("token.of-\(key.thumbprint)", boundTo: key)
                let client = APIClient(
                    server: "https://api.example.com",
                    authorization: .token(OneToken(token: token)),
                    runtime: CountersignRuntime()
                )
                for (number, url) in urls.enumerated() {
                    let nonce = number > 0 ? "n.\(number)-~!" : nil
                    if let nonce { client.tokens.updateDPoPNonce(from: ["DPoP-Nonce": nonce]) }
                    let fields = try await client.tokens.authorizationHeaders(method: .post, url: url)
                    let proof = try #require(fields[.dpop])
                    cases.append(
                        JOSERFC.Case(proof: proof, method: "POST", url: url, token: token.value, nonce: nonce)
                    )
                    thumbprints.append(key.thumbprint)
                }
            }
        }
        #expect(try JSONDecoder().decode([String].self, from: JOSERFC.run("check", cases)) == thumbprints)
        Promise.seen(41, "\(cases.count) of \(cases.count) proofs accepted by joserfc")
    }

    private let urls = [
        "https://api.example.com/", "https://api.example.com/a%2Fb?c=d", "https://api.example.com//x/%40:y/",
    ]
}

/// The Python package joserfc, through `Servers/proofs.py`.
private enum JOSERFC {
    struct Key: Decodable {
        var pem, jwk, thumbprint: String
    }

    struct Case: Encodable {
        var proof, method, url, token: String
        var nonce: String?
    }

    struct Failure: Error {
        var status: Int32
    }

    static let hint: Comment = "requires python3 with joserfc: pip install joserfc"
    static let isInstalled = (try? run("keys")) != nil

    /// Returns the output of the script, and throws if the script fails.
    static func run(_ command: String, _ cases: [Case] = []) throws -> Data {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Servers/proofs.py")
        let input = FileManager.default.temporaryDirectory.appending(path: "proofs-\(UUID())")
        try JSONEncoder().encode(cases).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path(percentEncoded: false), command]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = cases.isEmpty ? FileHandle.nullDevice : FileHandle.standardError
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return data
    }
}
