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
