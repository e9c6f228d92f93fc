package import CountersignHTTP
@_spi(Generated) package import CountersignJSON

/// The metadata of an authorization server (RFC 8414 section 2, OpenID Connect Discovery section 3).
///
/// A member that is null, or cannot be read, counts as missing.
package struct AuthorizationServerMetadata: Sendable {
    package let issuer: String
    /// The pattern that the document names instead of the issuer.
    ///
    /// Only clients that have configured the same pattern receive such a document.
    package let template: IssuerTemplate?
    private let members: JSONMembers
    private var permitsEndpoint: @Sendable (HTTP.Origin) -> Bool

    /// Parses a metadata document.
    ///
    /// - Parameters:
    ///   - url: The address that the document was requested from.
    ///   - issuer: The issuer that the address belongs to.
    init(parsing body: [UInt8], from url: HTTP.URL, of issuer: String) throws(TokenError) {
        do {
            members = try JSONMembers(parsing: body)
        } catch {
            throw TokenError(.metadata, "\(url) did not return a JSON object")
        }
        // RFC 8414 section 3.3: the issuer must be identical, or one server could impersonate another.
        guard let named = (try? members.string("issuer")) ?? nil else {
            throw TokenError(.metadata, "\(url) names no issuer")
        }
        if named.utf8.elementsEqual(issuer.utf8) {
            template = nil
        } else if let template = IssuerTemplate(named, at: url.origin) {
            self.template = template
        } else {
            // The server chooses the name in its document, so the error quotes it only if the difference is a slash.
            let differsInSlash =
                named.utf8.elementsEqual("\(issuer)/".utf8) || "\(named)/".utf8.elementsEqual(issuer.utf8)
            throw TokenError(
                .metadata,
                differsInSlash
                    ? "\(url) names the issuer '\(named)'; configure exactly that issuer: the final slash matters"
                    : "\(url) names another issuer"
            )
        }
        self.issuer = issuer
        permitsEndpoint = { _ in false }
        // Metadata without a token endpoint is of no use.
        let tokenEndpoint = TokenEndpointRequest.Endpoint.token.rawValue
        guard let text = self[tokenEndpoint]?.string, (try? HTTP.URL(text)) != nil else {
            throw TokenError(.metadata, "\(url) names no valid \(tokenEndpoint)")
        }
    }

    /// Returns the metadata for a client that trusts its issuer.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/metadata`` if the document names a pattern that the client does
    ///   not accept, or the token endpoint is at an origin that is not permitted.
    func trusted(by trust: TrustedIssuer, _ origins: OriginPolicy) throws(TokenError) -> AuthorizationServerMetadata {
        if let template, trust.pattern?.utf8.elementsEqual(template.text.utf8) != true {
            throw TokenError(
                .metadata,
                """
                the metadata of \(issuer) names '\(template.text)', the pattern of the issuers of several tenants; \
                configure the issuer of one tenant, or set issuerPattern of the sign-in configuration to this pattern
                """
            )
        }
        var metadata = self
        let own: HTTP.Origin
        do {
            own = try HTTP.URL(issuer).origin
        } catch {
            throw TokenError(.configuration, "the issuer is invalid: \(error)")
        }
        metadata.permitsEndpoint = { origin in
            origins.permitsEndpoint(at: origin, of: own) || (origins.isSafe(origin) && trust.hasEndpoints(at: origin))
        }
        _ = try metadata.url(TokenEndpointRequest.Endpoint.token.rawValue)
        return metadata
    }

    /// The value of a member of the document.
    package subscript(_ name: String) -> JSONNode? {
        (try? members.value(name)) ?? nil
    }

    /// Returns the URL of a member of the document, such as `token_endpoint` or `jwks_uri`.
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/metadata`` if it is missing or invalid, or its origin is not
    ///   permitted.
    package func url(_ name: String) throws(TokenError) -> HTTP.URL {
        guard let text = self[name]?.string else {
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
                """
                the \(name) of \(issuer) is at another origin, \(url.origin); if that is right, add \
                'endpointOrigins: [\(url.origin)]' to the scheme in the schema, or insert "\(url.origin)" into \
                endpointOrigins of the sign-in configuration or the runtime's configuration
                """
            )
        }
        return url
    }

    /// Returns true if the document names an endpoint.
    package func names(_ endpoint: TokenEndpointRequest.Endpoint) -> Bool {
        self[endpoint.rawValue] != nil
    }

    /// Returns the strings of an array in the document, or a single string; nil if there are none.
    ///
    /// An empty array says nothing: RFC 8414 section 3.2 requires that it is omitted.
    package func list(_ name: String) -> [String]? {
        guard let node = self[name] else { return nil }
        let texts = node.string.map { [$0] } ?? node.elements.compactMap(\.string)
        return texts.isEmpty ? nil : texts
    }

    /// Returns the value of a Boolean member; false if it is missing.
    package func flag(_ name: String) -> Bool {
        self[name]?.bool ?? false
    }

    /// Returns the server's name of an algorithm of DPoP proofs (RFC 9449 section 5.1).
    ///
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/configuration`` if the server lists only other algorithms (P51).
    @discardableResult
    package func nameForProofs(_ algorithm: DPoPAlgorithm) throws(TokenError) -> String {
        guard let supported = list("dpop_signing_alg_values_supported") else { return algorithm.rawValue }
        guard let name = algorithm.signature.name(in: supported) else {
            throw TokenError(
                .configuration,
                "\(issuer) does not support DPoP proofs signed with \(algorithm.rawValue)"
            )
        }
        return name
    }
}
