package import CountersignHTTP
@_spi(Generated) package import CountersignJSON

/// What an authorization server says of itself (RFC 8414 section 2, OpenID Connect Discovery section 3).
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String
    /// The whole document, for what is asked of it seldom.
    package let document: JSONNode
    private let mayUse: @Sendable (HTTP.Origin) -> Bool

    /// Reads a metadata document that was asked of `issuer`.
    ///
    /// - Parameter mayUse: Whether an endpoint may stand at an origin.
    init(
        parsing body: [UInt8],
        from issuer: String,
        mayUse: @escaping @Sendable (HTTP.Origin) -> Bool
    ) throws(TokenError) {
        guard let document = try? JSONDocument(parsing: body), document.root.kind == .object else {
            throw TokenError(.metadata, "the metadata of \(issuer) is not a JSON object")
        }
        // RFC 8414 section 3.3: it must be identical, or another server could speak for this one.
        let named = document.root["issuer"]?.string
        guard let named, named == issuer else {
            // A slash is all that these two may differ in for us to repeat what a stranger's document says.
            let slash = named.map { $0 == issuer + "/" || $0 + "/" == issuer } ?? false
            throw TokenError(
                .metadata,
                slash
                    ? "the metadata of \(issuer) names the issuer '\(named ?? "")': write it so, the slash counts"
                    : "the metadata of \(issuer) names another issuer, or none"
            )
        }
        self.issuer = issuer
        self.document = document.root
        self.mayUse = mayUse
        // A document without it is of no use to anybody here.
        _ = try url(TokenEndpointRequest.Endpoint.token.rawValue)
    }

    /// The address under a name of the document: `token_endpoint`, `jwks_uri`.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/metadata`` when there is none, or none that may be used.
    package func url(_ name: String) throws(TokenError) -> HTTP.URL {
        guard let text = document[name]?.string else {
            throw TokenError(.metadata, "the metadata of \(issuer) has no \(name)")
        }
        let url: HTTP.URL
        do {
            url = try HTTP.URL(text)
        } catch {
            throw TokenError(.metadata, "the \(name) of \(issuer) is not a URL: \(error)")
        }
        guard mayUse(url.origin) else {
            throw TokenError(.metadata, "the \(name) of \(issuer) stands at \(url.origin), which is not allowed")
        }
        return url
    }

    /// Whether the document has an address of an endpoint.
    package func names(_ endpoint: TokenEndpointRequest.Endpoint) -> Bool {
        document[endpoint.rawValue] != nil
    }

    /// The texts of a list in the document; nil when it does not say.
    package func list(_ name: String) -> [String]? {
        document[name].map { $0.elements.compactMap(\.string) }
    }

    /// Whether the document says that something is so; what it does not mention is not.
    package func says(_ name: String) -> Bool {
        document[name]?.bool ?? false
    }

    /// The proof algorithms that it takes; nil when it does not say.
    var dpopAlgorithms: [String]? { list("dpop_signing_alg_values_supported") }
}
