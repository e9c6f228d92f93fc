import CountersignHTTP

/// The metadata of authorization servers: fetched once for all who need it, kept for a while, failures for a short one.
///
/// A document that was good goes on being used when it cannot be fetched again for now: a server whose discovery is
/// down may well issue tokens.
final class MetadataCache: Sendable {
    private struct Entry {
        /// The newest document, which a passing failure leaves in its place.
        var document: AuthorizationServerMetadata?
        /// What callers get, and until when.
        var result: Result<AuthorizationServerMetadata, TokenError>?
        var until = Instant(nanoseconds: .min)
        var isFetching = false
        var waiters = Waiters<CheckedContinuation<Result<AuthorizationServerMetadata, TokenError>, Never>>()
    }

    private static let lifetime = Duration.seconds(3600)
    private static let failureLifetime = Duration.seconds(1)
    /// How long a document goes on being used before the next attempt to fetch it again.
    private static let extendedLifetime = Duration.seconds(60)
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
                if entries[issuer] == nil, entries.count >= Self.capacity {
                    entries = entries.filter { $0.value.isFetching }
                }
                // In place: a copy would take all the waiters along.
                return { (entry: inout Entry) -> Step in
                    if let result = entry.result, now < entry.until { return .resume(result) }
                    entry.waiters.register(entry.waiters.newID(), continuation)
                    if entry.isFetching { return .wait }
                    entry.isFetching = true
                    return .fetch
                }(&entries[issuer, default: Entry()])
            }
            switch step {
            case .resume(let result): continuation.resume(returning: result)
            case .wait: break
            case .fetch: Task.detached { [self] in await fetch(issuer) }
            }
        }
        return try result.get()
    }

    private func fetch(_ issuer: String) async {
        let loaded: Result<AuthorizationServerMetadata, TokenError>
        do {
            loaded = .success(try await load(issuer))
        } catch {
            loaded = .failure(error)
        }
        let now = clock.now()
        let (result, waiters) = entries.withLock { entries in
            { (entry: inout Entry) in
                entry.isFetching = false
                switch (loaded, entry.document) {
                case (.success(let document), _):
                    entry.document = document
                    entry.result = loaded
                    entry.until = now.advanced(by: Self.lifetime)
                case (.failure(let error), .some(let document)) where error.isTransient:
                    entry.result = .success(document)
                    entry.until = now.advanced(by: Self.extendedLifetime)
                case (.failure, _):
                    entry.document = nil
                    entry.result = loaded
                    entry.until = now.advanced(by: Self.failureLifetime)
                }
                return (entry.result ?? loaded, entry.waiters.releaseAll())
            }(&entries[issuer, default: Entry()])
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    private func load(_ issuer: String) async throws(TokenError) -> AuthorizationServerMetadata {
        let base: HTTPURL
        do {
            base = try HTTPURL(issuer)
        } catch {
            throw TokenError(.configuration, "the issuer is \(error)")
        }
        guard base.query == nil, !issuer.contains("#") else {
            throw TokenError(.configuration, "the issuer \(base) has a query or a fragment (RFC 8414 section 2)")
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
            let status = response.status.rawValue
            if status == 200 {
                return try AuthorizationServerMetadata(parsing: response.body, from: issuer) { origin in
                    origins.mayHoldEndpoint(origin, of: base.origin)
                }
            }
            // A passing failure at one of the addresses says that the document may be there.
            if failure.isTransient { continue }
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
