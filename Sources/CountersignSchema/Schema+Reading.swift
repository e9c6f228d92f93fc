extension Schema {
    /// Reads and validates one schema file.
    ///
    /// Never throws and never traps: whatever is wrong with the bytes is a diagnostic.
    ///
    /// - Parameters:
    ///   - path: The path that diagnostics name. One that ends in `.json` is read as JSON, any other as YAML.
    ///   - bytes: The content of the file.
    /// - Returns: The schema, nil when there is an error, and all diagnostics, sorted by their place.
    package static func parse(path: String, bytes: [UInt8]) -> (schema: Schema?, diagnostics: [Diagnostic]) {
        parse(path: path, bytes: bytes, unsupported: Set(UnsupportedConstruct.allCases))
    }

    /// The name of a schema's client and where it stands, without a look at the rest of the file; nil when it has none.
    package static func clientName(path: String, bytes: [UInt8]) -> (name: String, location: SourceLocation)? {
        let root = SchemaNode.read(path: path, bytes: bytes, diagnostics: Diagnostics(path: path))
        guard case .mapping(let entries)? = root?.content,
            let value = entries.first(where: { $0.key.text == "client" })?.value, let name = value.scalarText
        else { return nil }
        return (name, value.location)
    }

    /// Reads a schema that may use constructs for which nothing is generated yet.
    static func parse(
        path: String,
        bytes: [UInt8],
        unsupported: Set<UnsupportedConstruct>
    ) -> (schema: Schema?, diagnostics: [Diagnostic]) {
        let diagnostics = Diagnostics(path: path)
        var schema: Schema?
        if let root = SchemaNode.read(path: path, bytes: bytes, diagnostics: diagnostics) {
            let builder = SchemaBuilder(lines: SourceLines(bytes), diagnostics: diagnostics, unsupported: unsupported)
            schema = builder.schema(root)
        }
        return (diagnostics.hasErrors ? nil : schema, diagnostics.sorted)
    }
}
