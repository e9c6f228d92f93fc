package import CountersignHTTP
@_spi(Generated) package import CountersignJSON

/// The metadata of an authorization server (RFC 8414 section 2, OpenID Connect Discovery section 3).
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String
    /// The whole document, for members that are rarely needed.
    package let document: JSONNode
    private let permitsEndpoint: @Sendable (HTTP.Origin) -> Bool

    /// Parses a metadata document that was requested from `issuer`.
    ///
    /// - Parameter permitsEndpoint: Returns true if the issuer may have endpoints at an origin.
    init(
        parsing body: [UInt8],
        from issuer: String,
        permitsEndpoint: @escaping @Sendable (HTTP.Origin) -> Bool
    ) throws(TokenError) {
        guard let document = try? JSONDocument(parsing: body), document.root.kind == .object else {
            throw TokenError(.metadata, "the metadata of \(issuer) is not a JSON object")
        }
        // RFC 8414 section 3.3: the issuer must be identical, or one server could impersonate another.
        let named = document.root["issuer"]?.string
        guard let named, named.utf8.elementsEqual(issuer.utf8) else {
            // The server chooses the name in its document, so the error quotes it only if the difference is a slash.
            let differsInSlash = named.map { $0 == issuer + "/" || $0 + "/" == issuer } ?? false
            throw TokenError(
                .metadata,
                differsInSlash
                    ? "the metadata of \(issuer) names the issuer '\(named ?? "")'; configure exactly that issuer: the final slash matters"
                    : "the metadata of \(issuer) names another issuer, or no issuer"
            )
        }
        self.issuer = issuer
        self.document = document.root
        self.permitsEndpoint = permitsEndpoint
        // Metadata without a token endpoint is of no use.
        _ = try url(TokenEndpointRequest.Endpoint.token.rawValue)
    }

    /// Returns the URL of a member of the document, such as `token_endpoint` or `jwks_uri`.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/metadata`` if it is missing or invalid, or its origin is not
    ///   permitted.
    package func url(_ name: String) throws(TokenError) -> HTTP.URL {
        guard let text = document[name]?.string else {
            throw TokenError(.metadata, "the metadata of \(issuer) has no \(name)")
        }
        let url: HTTP.URL
        do {
            url = try HTTP.URL(text)
        } catch {
            throw TokenError(.metadata, "the \(name) of \(issuer) is invalid: \(error)")
        }
        guard permitsEndpoint(url.origin) else {
            throw TokenError(
                .metadata,
                "the \(name) of \(issuer) is at \(url.origin); to permit that, add the origin to endpointOrigins"
            )
        }
        return url
    }

    /// Returns true if the document names an endpoint.
    package func names(_ endpoint: TokenEndpointRequest.Endpoint) -> Bool {
        document[endpoint.rawValue] != nil
    }

    /// Returns the strings of an array in the document; nil if it is missing.
    package func list(_ name: String) -> [String]? {
        document[name].map { $0.elements.compactMap(\.string) }
    }

    /// Returns the value of a Boolean member; false if it is missing.
    package func flag(_ name: String) -> Bool {
        document[name]?.bool ?? false
    }

    /// The algorithms of DPoP proofs that the server supports; nil if the document does not list them.
    var dpopAlgorithms: [String]? { list("dpop_signing_alg_values_supported") }
}
