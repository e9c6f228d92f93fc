import CountersignHTTP

/// The origins that requests with credentials may be sent to.
struct OriginPolicy: Sendable {
    /// The origins, other than loopback, that may be used without TLS.
    let insecure: Set<String>
    /// The origins at which any issuer may have endpoints, in addition to its own origin.
    let endpoints: Set<String>

    /// Returns true for an origin with TLS, on loopback, or in ``insecure`` (P53).
    func isSafe(_ origin: HTTP.Origin) -> Bool {
        origin.isSecure || origin.isLoopback || insecure.contains(origin.description)
    }

    /// Rejects an origin that may not be used without TLS.
    ///
    /// - Parameter subject: The subject of the error text, such as `the token endpoint`.
    func check(_ origin: HTTP.Origin, for subject: String) throws(TokenError) {
        guard isSafe(origin) else {
            throw TokenError(
                .configuration,
                "\(subject) is at \(origin), without TLS; use https, or add the origin to insecureOrigins"
            )
        }
    }

    /// Returns true if the metadata of an issuer may name an endpoint at `origin`.
    func permitsEndpoint(at origin: HTTP.Origin, of issuer: HTTP.Origin) -> Bool {
        isSafe(origin) && (origin == issuer || endpoints.contains(origin.description))
    }
}
