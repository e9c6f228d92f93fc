import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignTesting

/// Another process with a user's session.
///
///     StoreProbe session <folder> <issuer>
///
/// It reads a line with the calendar time to begin at, and then lines with seconds: it lets them pass, asks for the user's
/// access token and writes its digest, or the kind of the error.
enum SessionProbe {
    static func run(_ issuer: String, in store: FileTokenStore) async throws {
        guard let start = readLine().flatMap({ Int($0) }) else { return }
        let clock = VirtualClock(unixTime: .seconds(start))
        var configuration = Runtime.Configuration()
        configuration.clock = clock
        let client = OIDCClient(
            SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"]),
            credentials: .secret(id: "web", Secret("s3cret")),
            runtime: Runtime(configuration)
        )
        guard let session = try await client.session(id: "s", in: store) else { return StoreProbe.say("none") }
        StoreProbe.say("ready")
        while let seconds = readLine().flatMap({ Int($0) }) {
            clock.advance(by: .seconds(seconds))
            do throws(TokenError) {
                StoreProbe.say(digest(try await session.accessToken().value))
            } catch {
                StoreProbe.say(error.kind.description)
            }
        }
    }

    static func digest(_ token: String) -> String {
        "token " + Base64URL.encode(SHA2.sha256(Array(token.utf8)))
    }
}
