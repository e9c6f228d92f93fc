import CountersignCrypto
import CountersignJSON

/// A JWT by which a client says who it is (RFC 7523 section 3): made anew for every request, good for a minute.
enum ClientAssertion {
    private static let lifetime: Int64 = 60

    static func make(
        _ credentials: ClientCredentials,
        audience: String,
        clockOffset: Duration,
        clock: any RuntimeClock,
        deadline: MonotonicInstant
    ) async throws(TokenError) -> String {
        let unixTime = clock.unixTime() + clockOffset
        do {
            switch credentials.proof {
            case .key(let key, let keyID):
                return try JSONWebSignature.sign(
                    .init(type: "JWT", keyID: keyID),
                    payload: claims(credentials.clientID, audience, unixTime),
                    key: key
                )
            case .secret(let secret):
                return try JSONWebSignature.signHS256(
                    .init(type: "JWT"),
                    payload: claims(credentials.clientID, audience, unixTime),
                    secret: Array(secret.reveal().utf8)
                )
            case .provider(let provide):
                let request = ClientCredentials.AssertionRequest(clientID: credentials.clientID, audience: audience)
                return try await within(deadline, on: clock) { await ask(provide, request) }.get()
            case .none:
                throw TokenError(.configuration, "client '\(credentials.clientID)' has nothing to sign with")
            }
        } catch let error as TokenError {
            throw error
        } catch let error as CryptoError {
            throw TokenError(.configuration, "no client assertion could be made: \(error)")
        } catch {
            throw TokenError(.configuration, "no client assertion could be made")
        }
    }

    private static func ask(
        _ provide: ClientCredentials.AssertionProvider,
        _ request: ClientCredentials.AssertionRequest
    ) async -> Result<String, TokenError> {
        do {
            return .success(try await provide(request))
        } catch let error as TokenError {
            return .failure(error)
        } catch {
            // A provider's own error: its text is not ours to print, and like a key service that is down it may pass.
            return .failure(TokenError(.unreachable, "the assertion provider failed with \(type(of: error))"))
        }
    }

    private static func claims(_ id: String, _ audience: String, _ unixTime: Duration) throws(CryptoError) -> [UInt8] {
        let now = unixTime.components.seconds
        var json = JSONWriter()
        json.beginObject()
        json.field("iss", id)
        json.field("sub", id)
        json.field("aud", audience)
        json.field("jti", try DPoPKey.identifier())
        json.field("iat", now)
        json.field("exp", now + lifetime)
        json.endObject()
        return json.bytes
    }
}
