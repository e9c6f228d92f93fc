extension Schema {
    /// Reads one schema file.
    ///
    /// This never throws and never traps: every problem of the file is a diagnostic.
    ///
    /// - Parameters:
    ///   - path: The path to use in diagnostics. A path that ends in `.json` is parsed as JSON, any other as YAML.
    ///   - bytes: The content of the file.
    /// - Returns: The schema, or nil if the file contains an error, and all diagnostics sorted by location.
    package static func read(path: String, bytes: [UInt8]) -> (schema: Schema?, diagnostics: [Diagnostic]) {
        read(path: path, bytes: bytes, unsupported: Set(UnsupportedConstruct.allCases))
    }

    /// Reads one schema file in two phases: parsing turns text into located nodes, building turns nodes into a schema.
    ///
    /// - Parameter unsupported: The constructs that are reported as not supported.
    static func read(
        path: String,
        bytes: [UInt8],
        unsupported: Set<UnsupportedConstruct>
    ) -> (schema: Schema?, diagnostics: [Diagnostic]) {
        let diagnostics = DiagnosticCollector(path: path)
        let document = SourceDocument(parsing: bytes, diagnostics: diagnostics)
        let schema = document.flatMap { SchemaBuilder($0, diagnostics: diagnostics, unsupported: unsupported).build() }
        return (diagnostics.hasErrors ? nil : schema, diagnostics.sorted)
    }

    /// Returns the name of the client in a schema file and its location, without building the schema.
    ///
    /// - Returns: nil if the file cannot be parsed or has no client name.
    package static func clientName(path: String, bytes: [UInt8]) -> (name: String, location: SourceLocation)? {
        let document = SourceDocument(parsing: bytes, diagnostics: DiagnosticCollector(path: path))
        guard case .mapping(let entries)? = document?.root.content,
            let value = entries.first(where: { $0.key.text == "client" })?.value, let name = value.scalarText
        else { return nil }
        return (name, value.location)
    }
}
