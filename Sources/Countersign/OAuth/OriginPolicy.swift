import CountersignHTTP

/// Where requests with credentials may go at all.
struct OriginPolicy: Sendable {
    /// Origins beyond loopback that may be spoken to without TLS.
    let insecure: Set<String>
    /// Origins at which endpoints of any issuer may stand, besides the issuer's own.
    let endpoints: Set<String>

    /// P53: TLS, or loopback, or named.
    func isSafe(_ origin: HTTP.Origin) -> Bool {
        origin.isSecure || origin.isLoopback || insecure.contains(origin.description)
    }

    func check(_ origin: HTTP.Origin, for what: String) throws(TokenError) {
        guard isSafe(origin) else {
            throw TokenError(
                .configuration,
                "\(what) is at \(origin), without TLS; use https, or name the origin in insecureOrigins"
            )
        }
    }

    /// Whether metadata of an issuer may name an endpoint at `origin`.
    func mayHoldEndpoint(_ origin: HTTP.Origin, of issuer: HTTP.Origin) -> Bool {
        isSafe(origin) && (origin == issuer || endpoints.contains(origin.description))
    }
}
