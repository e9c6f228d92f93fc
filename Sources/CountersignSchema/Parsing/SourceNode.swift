/// A value of a YAML or JSON document with its location.
struct SourceNode {
    var content: Content
    var location: SourceLocation

    enum Content {
        case scalar(Scalar)
        case sequence([SourceNode])
        case mapping([Entry])
    }

    /// A piece of text, quoted or not.
    ///
    /// Its meaning is determined by the second phase: here, `5`, `'5'` and `five` are all text.
    struct Scalar {
        var text: String
        var style: Style
        /// The location after its last character.
        var end: SourceLocation
    }

    enum Style {
        case plain, quoted, block
        /// A placeholder for a value that has been reported as an error and is not reported again.
        case invalid
    }

    struct Entry {
        var key: Key
        var value: SourceNode
    }

    struct Key {
        var text: String
        var style: Style
        var location: SourceLocation
    }

    /// The kind of the node, as used in messages.
    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.text.isEmpty ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The text of a scalar; nil for any other node.
    var scalarText: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// Returns the entries with unique keys; later entries with the same key are reported and dropped.
    static func withoutDuplicates(_ entries: [Entry], diagnostics: DiagnosticCollector) -> [Entry] {
        var first: [String: SourceLocation] = Dictionary(minimumCapacity: entries.count)
        var result: [Entry] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            if let location = first[entry.key.text] {
                diagnostics.error(
                    entry.key.location,
                    "duplicate key \(quoted(entry.key.text)); the first is at \(location)"
                )
            } else {
                first[entry.key.text] = entry.key.location
                result.append(entry)
            }
        }
        return result
    }
}
