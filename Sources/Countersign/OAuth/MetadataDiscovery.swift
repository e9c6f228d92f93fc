/// Metadata discovery: the cached metadata of authorization servers (RFC 8414, OpenID Connect Discovery).
///
/// OpenID Provider metadata and RFC 8414 metadata can differ: OpenID Connect Discovery defines no endpoints for
/// revocation, introspection and device authorization, and some servers name those only in their RFC 8414 document. It is
/// requested when such an endpoint is needed.
///
/// All clients of an issuer share its documents, whatever each of them accepts in them (``TrustedIssuer``).
final class MetadataDiscovery: Sendable {
    private let documents: DocumentCache<AuthorizationServerMetadata>
    private let furtherDocuments: DocumentCache<AuthorizationServerMetadata>
    private let origins: OriginPolicy

    init(of published: PublishedDocuments) {
        origins = published.origins
        documents = DocumentCache(clock: published.clock) { issuer throws(TokenError) in
            try await published.metadata(of: issuer)
        }
        furtherDocuments = DocumentCache(clock: published.clock) { issuer throws(TokenError) in
            try await published.metadata(of: issuer, at: [.authorizationServer])
        }
    }

    /// Returns the document of an issuer, for no client in particular: no endpoint in it may be used.
    nonisolated(nonsending) func publishedDocument(
        _ issuer: String
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        try await documents.document(issuer)
    }

    /// Returns the metadata of an issuer.
    ///
    /// - Parameter endpoint: The endpoint that is needed. The document that names it is returned, if there is one.
    nonisolated(nonsending) func document(
        _ issuer: TrustedIssuer,
        naming endpoint: TokenEndpointRequest.Endpoint = .token
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        let metadata = try await documents.document(issuer.name).trusted(by: issuer, origins)
        if metadata.names(endpoint) { return metadata }
        do throws(TokenError) {
            let further = try await furtherDocuments.document(issuer.name).trusted(by: issuer, origins)
            return further.names(endpoint) ? further : metadata
        } catch {
            // If there is no RFC 8414 document, the server does not have the endpoint.
            guard error.isTransient || error.kind == .cancelled else { return metadata }
            throw error
        }
    }
}
