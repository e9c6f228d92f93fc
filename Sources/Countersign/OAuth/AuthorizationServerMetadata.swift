import CountersignHTTP
import CountersignJSON

/// What an authorization server says of itself (RFC 8414 section 2, OpenID Connect Discovery section 3), as far as it
/// is used here.
struct AuthorizationServerMetadata: Sendable {
    let issuer: String
    let tokenEndpoint: HTTPURL
    /// The proof algorithms that it takes; nil when it does not say.
    let dpopAlgorithms: [String]?

    /// Reads a metadata document that was asked of `issuer`.
    ///
    /// - Parameter mayUse: Whether an endpoint may stand at an origin.
    init(
        parsing body: [UInt8],
        from issuer: String,
        mayUse: (HTTPOrigin) -> Bool
    ) throws(TokenError) {
        guard let document = try? JSONDocument(parsing: body), document.root.kind == .object else {
            throw TokenError(.metadata, "the metadata of \(issuer) is not a JSON object")
        }
        // RFC 8414 section 3.3: it must be identical, or another server could speak for this one.
        guard let named = document.root["issuer"]?.string, named == issuer else {
            throw TokenError(.metadata, "the metadata of \(issuer) names another issuer, or none")
        }
        guard let endpoint = document.root["token_endpoint"]?.string else {
            throw TokenError(.metadata, "the metadata of \(issuer) has no token_endpoint")
        }
        let url: HTTPURL
        do {
            url = try HTTPURL(endpoint)
        } catch {
            throw TokenError(.metadata, "the token_endpoint of \(issuer) is not a URL: \(error)")
        }
        guard mayUse(url.origin) else {
            throw TokenError(.metadata, "the token_endpoint of \(issuer) stands at \(url.origin), which is not allowed")
        }
        self.issuer = issuer
        tokenEndpoint = url
        dpopAlgorithms = document.root["dpop_signing_alg_values_supported"].map { $0.elements.compactMap(\.string) }
    }
}
