/// A parsed YAML or JSON file: the result of the first phase of reading.
///
/// The nodes carry text and locations but no meaning: they are the same for every kind of document.
struct SourceDocument {
    let root: SourceNode
    let lines: SourceLines

    /// The limits of a file.
    enum Limit {
        /// The deepest nesting of sequences and mappings.
        static let depth = 64
        static let bytes = 16 << 20
    }

    /// Parses a file; nil if it is not well-formed YAML or JSON, which is then reported.
    ///
    /// The path of `diagnostics` decides the format: JSON if it ends in `.json`, otherwise YAML.
    init?(parsing bytes: [UInt8], diagnostics: DiagnosticCollector) {
        guard bytes.count <= Limit.bytes else {
            diagnostics.error(.start, "the file is larger than 16 MB")
            return nil
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        lines = SourceLines(bytes)
        let isJSON = diagnostics.path.hasSuffix(".json")
        let node =
            isJSON
            ? JSONParser.parse(bytes, diagnostics: diagnostics)
            : YAMLParser.parse(bytes, diagnostics: diagnostics)
        guard let node else { return nil }
        root = node
    }
}
