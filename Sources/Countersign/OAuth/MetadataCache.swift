import CountersignHTTP
import Synchronization

/// The metadata of authorization servers: fetched once for all who need it, kept for a while, failures for a short one.
final class MetadataCache: Sendable {
    private enum Entry {
        case fetching(Waiters<AuthorizationServerMetadata>)
        case landed(Result<AuthorizationServerMetadata, TokenError>, until: Instant)
    }

    private static let lifetime = Duration.seconds(3600)
    private static let failureLifetime = Duration.seconds(1)
    private static let capacity = 1000
    /// P55.
    private static let maximumBytes = 512 * 1024
    private static let timeout = Duration.seconds(10)

    private let entries = Locked<[String: Entry]>([:])
    private let transport: any HTTPTransport
    private let clock: any RuntimeClock
    private let origins: OriginPolicy

    init(transport: any HTTPTransport, clock: any RuntimeClock, origins: OriginPolicy) {
        self.transport = transport
        self.clock = clock
        self.origins = origins
    }

    /// The metadata of an issuer, fetched if it is not known.
    nonisolated(nonsending) func metadata(of issuer: String) async throws(TokenError) -> AuthorizationServerMetadata {
        let result = await withCheckedContinuation { continuation in
            let now = clock.now()
            enum Step { case resume(Result<AuthorizationServerMetadata, TokenError>), fetch, wait }
            let step: Step = entries.withLock { entries in
                switch entries[issuer] {
                case .landed(let result, let until) where now < until:
                    return .resume(result)
                case .fetching(var waiters):
                    waiters.register(waiters.newID(), continuation)
                    entries[issuer] = .fetching(waiters)
                    return .wait
                default:
                    if entries.count >= Self.capacity { entries = entries.filter { Self.isFetching($0.value) } }
                    var waiters = Waiters<AuthorizationServerMetadata>()
                    waiters.register(waiters.newID(), continuation)
                    entries[issuer] = .fetching(waiters)
                    return .fetch
                }
            }
            switch step {
            case .resume(let result): continuation.resume(returning: result)
            case .wait: break
            case .fetch: Task.detached { [self] in await fetch(issuer) }
            }
        }
        return try result.get()
    }

    private static func isFetching(_ entry: Entry) -> Bool {
        if case .fetching = entry { true } else { false }
    }

    private func fetch(_ issuer: String) async {
        let result: Result<AuthorizationServerMetadata, TokenError>
        do {
            result = .success(try await load(issuer))
        } catch {
            result = .failure(error)
        }
        let until = clock.now().advanced(by: (try? result.get()) == nil ? Self.failureLifetime : Self.lifetime)
        let waiters = entries.withLock { entries in
            defer { entries[issuer] = .landed(result, until: until) }
            if case .fetching(var waiters) = entries[issuer] { return waiters.releaseAll() }
            return []
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    private func load(_ issuer: String) async throws(TokenError) -> AuthorizationServerMetadata {
        let base: HTTPURL
        do {
            base = try HTTPURL(issuer)
        } catch {
            throw TokenError(.configuration, "the issuer '\(issuer)' is not a URL: \(error)")
        }
        guard base.query == nil, !issuer.contains("#") else {
            throw TokenError(.configuration, "the issuer '\(issuer)' has a query or a fragment (RFC 8414 section 2)")
        }
        try origins.check(base.origin, for: "the issuer")
        let path = base.path.hasSuffix("/") ? base.path.dropLast() : base.path
        var failure = TokenError(.metadata, "\(issuer) has no metadata")
        // OpenID Connect appends to the issuer's path, RFC 8414 puts its own in front of it.
        for target in ["\(path)/.well-known/openid-configuration", "/.well-known/oauth-authorization-server\(path)"] {
            let url = HTTPURL(origin: base.origin, uncheckedTarget: target)
            let response: HTTPResponse
            do {
                response = try await transport.send(
                    HTTPRequest(
                        url: url,
                        fields: [.accept: "application/json"],
                        timeout: Self.timeout,
                        maximumResponseBytes: Self.maximumBytes
                    )
                )
            } catch {
                throw TokenError(transport: error, at: url)
            }
            if response.status.rawValue == 200 {
                return try AuthorizationServerMetadata(parsing: response.body, from: issuer) { origin in
                    origins.mayHoldEndpoint(origin, of: base.origin)
                }
            }
            let status = response.status.rawValue
            let kind: TokenError.Kind = status >= 500 || status == 429 ? .serverError : .metadata
            let pause = RetryAfter.parse(response.fields[.retryAfter], unixTime: clock.unixTime())
            failure = TokenError(kind, "\(url) did not answer with metadata", status: status, retryAfter: pause)
        }
        throw failure
    }
}

extension TokenError {
    /// What a transport's failure means for whoever waits for a token.
    init(transport error: HTTPTransportError, at url: HTTPURL) {
        switch error.reason {
        case .timedOut: self.init(.timedOut, "\(url) did not answer in time")
        case .refused: self.init(.configuration, "\(url): \(error)")
        case .tooLarge: self.init(.malformedResponse, "\(url): \(error)")
        default: self.init(.unreachable, "\(url): \(error)")
        }
    }
}
