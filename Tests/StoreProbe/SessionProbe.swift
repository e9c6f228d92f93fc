import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting
import Foundation

/// A process that uses a user's session.
///
///     StoreProbe session <folder> <issuer>
///
/// The first line of the standard input is the start time in seconds since 1970. For each further line, a number of seconds,
/// the probe advances its clock, requests the user's access token and writes the token's digest or the kind of the error.
enum SessionProbe {
    static func run(_ issuer: String, in store: FileTokenStore) async throws {
        guard let start = readLine().flatMap({ Double($0) }) else { return }
        let clock = VirtualClock(date: Date(timeIntervalSince1970: start))
        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        let client = OIDCClient(
            SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"]),
            credentials: .secret(id: "web", SecretValue("s3cret")),
            runtime: CountersignRuntime(configuration)
        )
        guard let session = try await client.session(id: "s", in: store) else { return StoreProbe.writeLine("none") }
        StoreProbe.writeLine("ready")
        while let seconds = readLine().flatMap({ Int($0) }) {
            clock.advance(by: .seconds(seconds))
            do throws(TokenError) {
                StoreProbe.writeLine(digest(try await session.accessToken().value))
            } catch {
                StoreProbe.writeLine(error.kind.description)
            }
        }
    }

    static func digest(_ token: String) -> String {
        "token " + Base64URL.encode(SHA2.sha256(Array(token.utf8)))
    }
}
