/// Builds a schema from the nodes of a document: the second phase of reading.
///
/// After an error it continues with what it understood, so that one run reports all problems of a file.
final class SchemaBuilder {
    let root: SourceNode
    let lines: SourceLines
    let diagnostics: DiagnosticCollector
    let unsupported: Set<UnsupportedConstruct>

    /// The declared types by their name in the file.
    var declared: [String: TypeName] = [:]
    /// The types built so far, in file order; inline types follow the type or operation that contains them.
    var types: [TypeDeclaration] = []
    /// The index of each type in `types`.
    var typeIndices: [TypeName: Int] = [:]
    /// Defaults to build once all types are known, by the location of their field.
    var pendingDefaults: [SourceLocation: SourceNode] = [:]
    /// The `includes` of each structure, with their locations.
    var pendingIncludes: [TypeName: [(included: TypeName, location: SourceLocation)]] = [:]
    /// Aliases that were replaced by their target in some field, and so count as used.
    var resolvedAliases: Set<TypeName> = []
    /// The authorization schemes in file order.
    var schemes: [AuthorizationScheme] = []
    /// The indices of schemes with an invalid kind; no further errors are reported about them.
    var invalidSchemes: Set<Int> = []
    /// Operations for which neither the operation nor a default names a scheme.
    var operationsWithoutRequirement: [(name: String, location: SourceLocation)] = []
    /// The number of long forms of types that contain the current node.
    var typeDepth = 0

    init(_ document: SourceDocument, diagnostics: DiagnosticCollector, unsupported: Set<UnsupportedConstruct>) {
        root = document.root
        lines = document.lines
        self.diagnostics = diagnostics
        self.unsupported = unsupported
    }

    func error(_ location: SourceLocation, _ message: @autoclosure () -> String) {
        diagnostics.error(location, message())
    }

    /// Reports a construct for which nothing can be generated yet.
    func reportIfUnsupported(_ construct: UnsupportedConstruct, at location: SourceLocation) {
        guard unsupported.contains(construct) else { return }
        diagnostics.error(location, "\(construct.rawValue) is not supported yet")
    }

    /// Indicates whether to search for suggestions.
    ///
    /// They are omitted after many errors, which bounds the time for a hostile file.
    var canSuggest: Bool { diagnostics.errorCount < 200 }

    /// Returns `; did you mean 'x'?` for a close candidate, otherwise the list of candidates.
    func suggestion(for word: String, among candidates: @autoclosure () -> [String]) -> String {
        canSuggest ? NearestWord.suggestion(for: word, among: candidates()) : ""
    }
}
