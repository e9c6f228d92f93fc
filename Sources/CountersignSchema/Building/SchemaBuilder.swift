/// Builds a schema out of nodes, and reports everything that is wrong with them.
///
/// It goes on after a mistake, with what it understood, so that all problems of a file are found in one run.
final class SchemaBuilder {
    let diagnostics: Diagnostics
    let lines: SourceLines
    let unsupported: Set<UnsupportedConstruct>

    /// The declared types, by their name in the file.
    var declared: [String: TypeName] = [:]
    /// The types built so far, in the order of the file; inline ones follow the place they stand in.
    var types: [TypeDeclaration] = []
    /// Where in `types` a type is.
    var typeIndices: [TypeName: Int] = [:]
    /// Defaults whose fields' types may not be built yet, by the place of the field.
    var pendingDefaults: [SourceLocation: SchemaNode] = [:]
    /// Where each structure's `includes` name what they do.
    var pendingIncludes: [TypeName: [(included: TypeName, location: SourceLocation)]] = [:]
    /// The names for other types that fields were given in place of these.
    var seenThrough: Set<TypeName> = []
    /// The authorization schemes, in the order of the file.
    var schemes: [AuthorizationScheme] = []
    /// The schemes whose kind could not be read: nothing more is said of what they can do.
    var faultySchemes: Set<Int> = []
    /// The operations of which nothing says what they need.
    var withoutRequirement: [(name: String, location: SourceLocation)] = []
    /// How many long forms of types the node at hand stands in.
    var typeDepth = 0

    init(lines: SourceLines, diagnostics: Diagnostics, unsupported: Set<UnsupportedConstruct>) {
        self.lines = lines
        self.diagnostics = diagnostics
        self.unsupported = unsupported
    }

    func error(_ location: SourceLocation, _ message: @autoclosure () -> String) {
        diagnostics.error(location, message())
    }

    /// Notes that the file uses a construct, which is an error while nothing is generated for it.
    func uses(_ construct: UnsupportedConstruct, at location: SourceLocation) {
        guard unsupported.contains(construct) else { return }
        diagnostics.error(location, "\(construct.rawValue) is not supported yet")
    }

    /// Whether it is still worth the time to guess what was meant: a hostile file can have a million mistakes.
    var mayGuess: Bool { diagnostics.errorCount < 200 }

    /// `; did you mean 'x'?`, or else what there is to choose from.
    func suggestion(for word: String, among candidates: @autoclosure () -> [String]) -> String {
        mayGuess ? NearestWord.suggestion(for: word, among: candidates()) : ""
    }

    // MARK: Nodes of a kind

    /// The entries of a mapping whose keys are the author's own.
    func entries(_ node: SchemaNode, of what: @autoclosure () -> String) -> [SchemaNode.Entry]? {
        switch node.content {
        case .mapping(let entries):
            return entries.filter { !reportMissingSpace(in: $0) }
        case .scalar(let scalar):
            if scalar.style == .plain, let missing = MissingSpace(in: scalar.text) {
                error(node.location, missing.message)
                return nil
            }
            if scalar.style == .refused { return nil }
        case .sequence: break
        }
        error(node.location, "\(what()) must be a mapping ('key: value'), not \(node.kind)")
        return nil
    }

    /// A mapping whose keys are words of the language; unknown ones are reported.
    ///
    /// - Parameter elsewhere: What to do about words that belong in another place.
    func mapping(
        _ node: SchemaNode,
        of what: @autoclosure () -> String,
        keys: [String],
        elsewhere: [String: String] = [:]
    ) -> Mapping? {
        guard let entries = entries(node, of: what()) else { return nil }
        var misspelt: [String] = []
        for entry in entries where !keys.contains(entry.key.text) {
            if let remedy = elsewhere[entry.key.text] {
                error(entry.key.location, "unknown key \(quoted(entry.key.text)) in \(what()); \(remedy)")
                continue
            }
            if mayGuess, let meant = NearestWord.to(entry.key.text, among: keys) { misspelt.append(meant) }
            let hint = self.suggestion(for: entry.key.text, among: keys)
            error(entry.key.location, "unknown key \(quoted(entry.key.text)) in \(what())\(hint)")
        }
        return Mapping(entries: entries, misspelt: misspelt, location: node.location)
    }

    /// `{id:ItemID}` is a key without a value.
    private func reportMissingSpace(in entry: SchemaNode.Entry) -> Bool {
        guard entry.key.style == .plain, case .scalar(let value) = entry.value.content,
            value.text.isEmpty, value.style == .plain, let missing = MissingSpace(in: entry.key.text)
        else { return false }
        error(entry.key.location, missing.message)
        return true
    }

    func elements(_ node: SchemaNode, of what: String) -> [SchemaNode]? {
        if case .sequence(let elements) = node.content { return elements }
        error(node.location, "\(what) must be a list ('[a, b]'), not \(node.kind)")
        return nil
    }

    /// The text of a scalar that says something.
    func text(_ node: SchemaNode, of what: @autoclosure () -> String) -> String? {
        guard case .scalar(let scalar) = node.content, !scalar.text.isEmpty else {
            if case .scalar(let scalar) = node.content, scalar.style == .refused { return nil }
            error(node.location, "\(what()) must be text, not \(node.kind)")
            return nil
        }
        return scalar.text
    }

    /// Text for people: what a stray `#` would cut off is an error.
    func prose(_ node: SchemaNode?, of what: @autoclosure () -> String) -> String? {
        guard let node, let text = text(node, of: what()) else { return nil }
        guard case .scalar(let scalar) = node.content, scalar.style == .plain else { return text }
        let rest = lines.rest(from: scalar.end).drop { $0 == " " || $0 == "\t" }
        guard rest.first == "#" else { return text }
        let isComment = rest.dropFirst().first == " " && text.last.map { ".!?".contains($0) } == true
        if !isComment {
            error(node.location, "\(what()) ends where '#' starts a comment; put the text in quotes")
        }
        return text
    }

    func bool(_ node: SchemaNode, of what: String) -> Bool {
        guard let text = text(node, of: what) else { return false }
        if text != "true", text != "false" {
            error(node.location, "\(what) must be true or false, not \(quoted(text))")
        }
        return text == "true"
    }

    /// A word of a fixed set.
    func word<Word: CaseIterable & RawRepresentable<String>>(_ node: SchemaNode, of what: String) -> Word? {
        guard let text = text(node, of: what) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let hint = self.suggestion(for: text, among: Word.allCases.map(\.rawValue))
        error(node.location, "unknown \(what) \(quoted(text))\(hint)")
        return nil
    }

    /// One text, or a list of them, each with its place.
    func texts(_ node: SchemaNode?, of what: String) -> [(text: String, location: SourceLocation)] {
        guard let node else { return [] }
        let nodes: [SchemaNode]
        if case .sequence(let elements) = node.content { nodes = elements } else { nodes = [node] }
        var seen: Set<String> = []
        return nodes.compactMap { node in
            guard let text = text(node, of: what) else { return nil }
            guard seen.insert(text).inserted else {
                error(node.location, "\(quoted(text)) stands twice in \(what)")
                return nil
            }
            return (text, node.location)
        }
    }

    /// `30s`, `500ms`, `5m`, `1h`.
    func duration(_ node: SchemaNode, of what: String) -> Duration? {
        guard let text = text(node, of: what) else { return nil }
        let digits = text.prefix { ("0"..."9").contains($0) }
        let units: [Substring: Int] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000]
        guard let count = Int(digits), count > 0, count < 1_000_000_000, let unit = units[text.dropFirst(digits.count)]
        else {
            error(node.location, "\(what) must be a duration like '30s', '500ms', '5m' or '1h', not \(quoted(text))")
            return nil
        }
        return .milliseconds(count * unit)
    }
}

/// A mapping whose keys are words of the language.
struct Mapping {
    let entries: [SchemaNode.Entry]
    /// The keys that unknown ones were probably meant to be.
    var misspelt: [String] = []
    let location: SourceLocation

    subscript(_ key: String) -> SchemaNode? { entry(key)?.value }

    func entry(_ key: String) -> SchemaNode.Entry? {
        for entry in entries where entry.key.text == key { return entry }
        return nil
    }

    func contains(_ key: String) -> Bool { entry(key) != nil }

    /// Whether a key is missing, and not just misspelt, which is reported already.
    func lacks(_ key: String) -> Bool { !contains(key) && !misspelt.contains(key) }
}
