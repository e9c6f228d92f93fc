extension SchemaBuilder {
    func mediaType(_ node: SourceNode, of what: String) -> String? {
        guard let text = text(node, of: what) else { return nil }
        if WireSyntax.isMediaType(text) { return text }
        error(node.location, "\(what) must be a media type like 'text/csv', not \(quoted(text))")
        return nil
    }

    /// Returns the name of a header field that a schema may declare.
    func headerName(_ name: String, at location: SourceLocation) -> String? {
        guard WireSyntax.isToken(name) else {
            error(location, "\(quoted(name)) is not a valid header name; write a name like 'X-Request-ID'")
            return nil
        }
        guard !WireSyntax.runtimeFields.contains(name.lowercased()) else {
            error(location, "the header \(quoted(name)) is set by the client; remove it")
            return nil
        }
        return name
    }
}
