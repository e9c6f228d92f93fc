import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// The time for a client assertion.
struct AssertionTime {
    let clock: any RuntimeClock
    /// The time by which the server's clock is ahead.
    let offset: Duration
    /// The time by which a provider must return its assertion.
    let deadline: MonotonicInstant
}

/// A client assertion: a JWT that authenticates a client (RFC 7523 section 3).
///
/// Each attempt has its own, valid for a minute.
enum ClientAssertion {
    private static let lifetime: Int64 = 60

    /// - Parameter algorithmName: The name of the key's algorithm in the header; nil for the usual name.
    static func make(
        _ credentials: ClientCredentials,
        audience: String,
        algorithmName: String?,
        time: AssertionTime
    ) async throws(TokenError) -> String {
        let unixTime = time.clock.unixTime() + time.offset
        do {
            switch credentials.proof {
            case .key(let key, let keyID):
                return try JSONWebSignature.sign(
                    .init(type: "JWT", keyID: keyID),
                    payload: claims(credentials.clientID, audience, unixTime),
                    key: key,
                    algorithmName: algorithmName
                )
            case .secret(let secret):
                return try JSONWebSignature.signHS256(
                    .init(type: "JWT"),
                    payload: claims(credentials.clientID, audience, unixTime),
                    secret: Array(secret.reveal().utf8)
                )
            case .provider(let provide):
                let request = ClientCredentials.AssertionRequest(clientID: credentials.clientID, audience: audience)
                return try await within(time.deadline, on: time.clock) { await ask(provide, request) }.get()
            case .none:
                throw TokenError(
                    .configuration,
                    "client '\(credentials.clientID)' has no secret or key to sign an assertion with"
                )
            }
        } catch let error as TokenError {
            throw error
        } catch let error as CryptoError {
            throw TokenError(.configuration, "the client assertion could not be created: \(error)")
        } catch {
            throw TokenError(.configuration, "the client assertion could not be created")
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
            // The text of the program's error may contain anything, so the message names only its type. The failure may
            // be transient, for example of a key service.
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
        json.field("jti", try JSONWebSignature.newTokenID())
        json.field("iat", now)
        json.field("exp", now + lifetime)
        json.endObject()
        return json.bytes
    }
}
