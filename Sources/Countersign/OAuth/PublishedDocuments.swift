import CountersignHTTP

/// Fetches what authorization servers publish: nothing in it is believed that another origin could have said.
struct PublishedDocuments: Sendable {
    let transport: any HTTP.Transport
    let clock: any RuntimeClock
    let origins: OriginPolicy

    /// P55.
    private static let maximumBytes = 512 * 1024
    private static let timeout = Duration.seconds(10)

    /// Where issuers say what they are, in the order in which they are asked.
    enum MetadataLocation: Sendable, CaseIterable {
        /// OpenID Connect Discovery section 4, which appends to the issuer's path.
        case openID
        /// RFC 8414 section 3, which puts its own in front of it.
        case authorizationServer

        fileprivate func target(of path: Substring) -> String {
            switch self {
            case .openID: "\(path)/.well-known/openid-configuration"
            case .authorizationServer: "/.well-known/oauth-authorization-server\(path)"
            }
        }
    }

    /// The metadata of an issuer, from the first of the locations that has some.
    func metadata(
        of issuer: String,
        at locations: [MetadataLocation] = MetadataLocation.allCases
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        let base: HTTP.URL
        do {
            base = try HTTP.URL(issuer)
        } catch {
            throw TokenError(.configuration, "the issuer is \(error)")
        }
        guard base.query == nil, !issuer.contains("#") else {
            throw TokenError(.configuration, "the issuer \(base) has a query or a fragment (RFC 8414 section 2)")
        }
        try origins.check(base.origin, for: "the issuer")
        let path = base.path.hasSuffix("/") ? base.path.dropLast() : base.path
        var failure = TokenError(.metadata, "\(issuer) has no metadata")
        for location in locations {
            let url = HTTP.URL(origin: base.origin, uncheckedTarget: location.target(of: path))
            let response = try await get(url)
            if response.status.rawValue == 200 {
                return try AuthorizationServerMetadata(parsing: response.body, from: issuer) { origin in
                    origins.mayHoldEndpoint(origin, of: base.origin)
                }
            }
            // A passing failure at one of the addresses says that the document may be there.
            if failure.isTransient { continue }
            failure = refusal(of: response, from: url, "with metadata")
        }
        throw failure
    }

    /// The keys that an authorization server signs with (RFC 7517 section 5).
    func keys(at location: String) async throws(TokenError) -> JSONWebKeySet {
        let url: HTTP.URL
        do {
            url = try HTTP.URL(location)
        } catch {
            throw TokenError(.metadata, "the jwks_uri is \(error)")
        }
        let response = try await get(url)
        guard response.status.rawValue == 200 else { throw refusal(of: response, from: url, "with keys") }
        do {
            return try JSONWebKeySet(parsing: response.body)
        } catch {
            throw TokenError(.metadata, "\(url) has no usable keys: \(error)")
        }
    }

    private func get(_ url: HTTP.URL) async throws(TokenError) -> HTTP.Response {
        do {
            return try await transport.send(
                HTTP.Request(
                    url: url,
                    fields: [.accept: "application/json"],
                    timeout: Self.timeout,
                    maximumResponseBytes: Self.maximumBytes
                )
            )
        } catch {
            throw TokenError(transport: error, at: url)
        }
    }

    private func refusal(of response: HTTP.Response, from url: HTTP.URL, _ what: String) -> TokenError {
        let status = response.status
        let pause = RetryAfter.parse(response.fields[.retryAfter], unixTime: clock.unixTime())
        let kind: TokenError.Kind = status.rawValue >= 500 || status == 429 ? .serverError : .metadata
        return TokenError(kind, "\(url) did not answer \(what)", status: status, retryAfter: pause)
    }
}

extension TokenError {
    /// What a transport's failure means for whoever waits for a token.
    init(transport error: HTTP.TransportError, at url: HTTP.URL) {
        switch error.kind {
        case .timedOut: self.init(.timedOut, "\(url) did not answer in time")
        case .invalidRequest: self.init(.configuration, "\(url): \(error)")
        case .tooLarge: self.init(.malformedResponse, "\(url): \(error)")
        default: self.init(.unreachable, "\(url): \(error)")
        }
    }
}
