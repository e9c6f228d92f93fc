extension SchemaBuilder {
    /// Builds a URL that requests are sent to.
    func url(_ node: SourceNode, of what: String) -> String? {
        guard let text = text(node, of: what) else { return nil }
        if let problem = EndpointURL.problem(with: text) {
            // The message does not repeat the URL, which may contain a secret.
            error(node.location, "\(what) \(problem)")
            return nil
        }
        return text
    }

    /// Builds a base URL, to which paths are appended.
    func baseURL(_ node: SourceNode, of what: String) -> String? {
        guard var url = url(node, of: what) else { return nil }
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
