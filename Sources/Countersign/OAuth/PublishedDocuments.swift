import CountersignHTTP

/// The source of the documents that authorization servers publish: metadata and key sets.
///
/// Redirects are not followed.
struct PublishedDocuments: Sendable {
    let transport: any HTTP.Transport
    let clock: any RuntimeClock
    let origins: OriginPolicy

    /// The limit of a document (P55).
    private static let maximumBytes = 512 * 1024
    /// The timeout of the metadata of an issuer, and that of its keys.
    static let timeout = Duration.seconds(10)

    /// The locations of metadata documents, in the order in which they are requested (P66).
    enum MetadataLocation: Sendable, CaseIterable {
        /// The location of OpenID Connect Discovery section 4, which is appended to the path of the issuer.
        case openID
        /// The location of RFC 8414 section 3, which precedes the path of the issuer.
        case authorizationServer

        fileprivate func target(of path: Substring) -> String {
            switch self {
            case .openID: "\(path)/.well-known/openid-configuration"
            case .authorizationServer: "/.well-known/oauth-authorization-server\(path)"
            }
        }
    }

    /// Returns the metadata of an issuer, from the first location that has a usable document.
    ///
    /// - Throws: ``TokenError`` with the reason for each location. It is transient if one of the reasons is.
    func metadata(
        of issuer: String,
        at locations: [MetadataLocation] = MetadataLocation.allCases
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        let base: HTTP.URL
        do {
            base = try HTTP.URL(issuer)
        } catch {
            throw TokenError(.configuration, "the issuer is invalid: \(error)")
        }
        guard base.query == nil, !issuer.utf8.contains(UInt8(ascii: "#")) else {
            throw TokenError(.configuration, "the issuer \(base) has a query or a fragment (RFC 8414 section 2)")
        }
        try origins.check(base.origin, for: "the issuer")
        let path = base.path.hasSuffix("/") ? base.path.dropLast() : base.path
        let deadline = clock.now().advanced(by: Self.timeout)
        var failures: [TokenError] = []
        for location in locations where failures.isEmpty || clock.now() < deadline {
            let url = HTTP.URL(origin: base.origin, uncheckedTarget: location.target(of: path))
            do throws(TokenError) {
                let response = try await get(url, timeout: deadline - clock.now())
                guard response.status.rawValue == 200 else {
                    throw error(for: response, from: url, document: "metadata")
                }
                return try AuthorizationServerMetadata(parsing: response.body, from: url, of: issuer)
            } catch {
                failures.append(error)
            }
        }
        let first = failures.first { $0.isTransient } ?? failures.first
        throw TokenError(
            first?.kind ?? .metadata,
            "\(issuer) has no usable metadata: \(failures.map(\.message).joined(separator: "; "))",
            status: first?.status,
            retryAfter: first?.retryAfter
        )
    }

    /// Returns the signing keys of an authorization server (RFC 7517 section 5).
    func keys(at location: String) async throws(TokenError) -> JSONWebKeySet {
        let url: HTTP.URL
        do {
            url = try HTTP.URL(location)
        } catch {
            throw TokenError(.metadata, "the jwks_uri is invalid: \(error)")
        }
        let response = try await get(url, timeout: Self.timeout)
        guard response.status.rawValue == 200 else { throw error(for: response, from: url, document: "keys") }
        do {
            return try JSONWebKeySet(parsing: response.body)
        } catch {
            throw TokenError(.metadata, "\(url) has no usable keys: \(error)")
        }
    }

    private func get(_ url: HTTP.URL, timeout: Duration) async throws(TokenError) -> HTTP.Response {
        do {
            return try await transport.send(
                HTTP.Request(
                    url: url,
                    fields: [.accept: "application/json"],
                    timeout: timeout,
                    maximumResponseBytes: Self.maximumBytes
                )
            )
        } catch {
            throw TokenError(transport: error, at: url)
        }
    }

    private func error(for response: HTTP.Response, from url: HTTP.URL, document: String) -> TokenError {
        let status = response.status
        let retryAfter = RetryAfter.parse(response.fields, unixTime: clock.unixTime())
        let kind: TokenError.Kind = status.rawValue >= 500 || status == 429 ? .serverError : .metadata
        return TokenError(
            kind,
            "\(url) returned status \(status.rawValue) instead of \(document)",
            status: status,
            retryAfter: retryAfter
        )
    }
}

extension TokenError {
    /// Creates the error of a request to an authorization server that got no response.
    init(transport error: HTTP.TransportError, at url: HTTP.URL) {
        switch error.kind {
        case .timedOut: self.init(.timedOut, "\(url) did not respond in time")
        case .invalidRequest: self.init(.configuration, "\(url): \(error)")
        case .tooLarge: self.init(.malformedResponse, "\(url): \(error)")
        default: self.init(.unreachable, "\(url): \(error)")
        }
    }
}
