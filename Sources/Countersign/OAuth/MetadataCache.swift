/// What authorization servers say of themselves, each document fetched once for all who need it.
///
/// Servers that speak OpenID Connect may have two documents. OpenID Connect Discovery knows neither revocation nor
/// introspection nor devices: some servers name those in their document of RFC 8414 alone, which is asked for when such an
/// endpoint is needed.
final class MetadataCache: Sendable {
    private let documents: DocumentCache<AuthorizationServerMetadata>
    private let furtherDocuments: DocumentCache<AuthorizationServerMetadata>

    init(of published: PublishedDocuments) {
        documents = DocumentCache(clock: published.clock) { issuer throws(TokenError) in
            try await published.metadata(of: issuer)
        }
        furtherDocuments = DocumentCache(clock: published.clock) { issuer throws(TokenError) in
            try await published.metadata(of: issuer, at: [.authorizationServer])
        }
    }

    /// The metadata of an issuer.
    ///
    /// - Parameter endpoint: What is looked for; the document that names it is returned, if there is one.
    nonisolated(nonsending) func document(
        _ issuer: String,
        naming endpoint: EndpointRequest.Endpoint = .token
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        let metadata = try await documents.document(issuer)
        if metadata.names(endpoint) { return metadata }
        do throws(TokenError) {
            let further = try await furtherDocuments.document(issuer)
            return further.names(endpoint) ? further : metadata
        } catch {
            // Where there is no such document, what is missing is missing.
            guard error.isTransient else { return metadata }
            throw error
        }
    }
}
