extension SchemaBuilder {
    /// Returns the entries of a mapping whose keys the author chooses.
    func entries(_ node: SourceNode, of what: @autoclosure () -> String) -> [SourceNode.Entry]? {
        switch node.content {
        case .mapping(let entries):
            return entries.filter { !reportMissingSpace(in: $0) }
        case .scalar(let scalar):
            if scalar.style == .plain, let missing = MissingSpace(in: scalar.text) {
                error(node.location, missing.message)
                return nil
            }
            if scalar.style == .invalid { return nil }
        case .sequence: break
        }
        error(node.location, "\(what()) must be a mapping ('key: value'), not \(node.kind)")
        return nil
    }

    /// Returns a mapping whose keys are keywords; unknown keys are reported.
    ///
    /// - Parameter elsewhere: Hints for keywords that belong in another place.
    func mapping(
        _ node: SourceNode,
        of what: @autoclosure () -> String,
        keys: [String],
        elsewhere: [String: String] = [:]
    ) -> Mapping? {
        guard let entries = entries(node, of: what()) else { return nil }
        var misspelt = Self.keysWithoutSpace(of: node)
        for entry in entries where !keys.contains(entry.key.text) {
            if let remedy = elsewhere[entry.key.text] {
                error(entry.key.location, "unknown key \(quoted(entry.key.text)) in \(what()); \(remedy)")
                continue
            }
            if canSuggest, let meant = NearestWord.to(entry.key.text, among: keys) { misspelt.append(meant) }
            let hint = self.suggestion(for: entry.key.text, among: keys)
            error(entry.key.location, "unknown key \(quoted(entry.key.text)) in \(what())\(hint)")
        }
        return Mapping(entries: entries, misspelt: misspelt, location: node.location)
    }

    /// Returns the keys of entries such as `{id:ItemID}`, which ``entries(_:of:)`` has reported and left out.
    private static func keysWithoutSpace(of node: SourceNode) -> [String] {
        guard case .mapping(let entries) = node.content else { return [] }
        return entries.filter { missingSpace(in: $0) != nil }.map { String($0.key.text.prefix { $0 != ":" }) }
    }

    /// Reports `{id:ItemID}`, which YAML reads as a key without a value.
    private func reportMissingSpace(in entry: SourceNode.Entry) -> Bool {
        guard let missing = Self.missingSpace(in: entry) else { return false }
        error(entry.key.location, missing.message)
        return true
    }

    private static func missingSpace(in entry: SourceNode.Entry) -> MissingSpace? {
        guard entry.key.style == .plain, case .scalar(let value) = entry.value.content,
            value.text.isEmpty, value.style == .plain
        else { return nil }
        return MissingSpace(in: entry.key.text)
    }

    func elements(_ node: SourceNode, of what: String) -> [SourceNode]? {
        if case .sequence(let elements) = node.content { return elements }
        error(node.location, "\(what) must be a list ('[a, b]'), not \(node.kind)")
        return nil
    }

    /// Returns the text of a scalar that is not empty.
    func text(_ node: SourceNode, of what: @autoclosure () -> String) -> String? {
        guard case .scalar(let scalar) = node.content, !scalar.text.isEmpty else {
            if case .scalar(let scalar) = node.content, scalar.style == .invalid { return nil }
            error(node.location, "\(what()) must be text, not \(node.kind)")
            return nil
        }
        return scalar.text
    }

    /// Returns text for documentation; text that is cut off by an unintended `#` is reported.
    func prose(_ node: SourceNode?, of what: @autoclosure () -> String) -> String? {
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

    func bool(_ node: SourceNode, of what: String) -> Bool {
        guard let text = text(node, of: what) else { return false }
        if text != "true", text != "false" {
            error(node.location, "\(what) must be true or false, not \(quoted(text))")
        }
        return text == "true"
    }

    /// Returns a word of a fixed set.
    func word<Word: CaseIterable & RawRepresentable<String>>(_ node: SourceNode, of what: String) -> Word? {
        guard let text = text(node, of: what) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let hint = self.suggestion(for: text, among: Word.allCases.map(\.rawValue))
        error(node.location, "unknown value \(quoted(text)) for \(what)\(hint)")
        return nil
    }

    /// Returns a single text or each text of a list, with locations.
    func texts(_ node: SourceNode?, of what: String) -> [(text: String, location: SourceLocation)] {
        guard let node else { return [] }
        let nodes: [SourceNode]
        if case .sequence(let elements) = node.content { nodes = elements } else { nodes = [node] }
        var seen: Set<String> = []
        return nodes.compactMap { node in
            guard let text = text(node, of: what) else { return nil }
            guard seen.insert(text).inserted else {
                error(node.location, "duplicate \(quoted(text)) in \(what)")
                return nil
            }
            return (text, node.location)
        }
    }

    /// Returns a duration: `30s`, `500ms`, `5m`, `1h`.
    func duration(_ node: SourceNode, of what: String) -> Duration? {
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
