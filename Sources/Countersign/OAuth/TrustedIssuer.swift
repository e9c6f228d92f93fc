import CountersignHTTP

/// An issuer, and the deviations from RFC 8414 that a client accepts in its metadata.
package struct TrustedIssuer: Sendable, Hashable {
    /// The issuer identifier, which is the base of the addresses of the metadata.
    package let name: String
    /// The origins at which the issuer may have endpoints, in addition to its own.
    package var endpointOrigins: Set<String>
    /// The pattern that the metadata may name instead of the issuer; see ``IssuerTemplate``.
    package var pattern: String?

    package init(_ name: String, endpointOrigins: Set<String> = [], pattern: String? = nil) {
        self.name = name
        self.endpointOrigins = endpointOrigins
        self.pattern = pattern
    }

    /// Returns true if ``endpointOrigins`` contains an origin.
    func hasEndpoints(at origin: HTTP.Origin) -> Bool {
        endpointOrigins.contains { (try? HTTP.Origin($0)) == origin }
    }
}
