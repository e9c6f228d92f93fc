/// A value of a schema file with its place: what both front ends, YAML and JSON, are read into.
struct SchemaNode {
    var content: Content
    var location: SourceLocation

    enum Content {
        case scalar(Scalar)
        case sequence([SchemaNode])
        case mapping([Entry])
    }

    /// Text; what it means is for its place to say, quoted or not.
    struct Scalar {
        var text: String
        var style: Style
        /// Where it ends.
        var end: SourceLocation
    }

    enum Style {
        case plain, quoted, block
        /// Stands for a value that was reported already: whoever expects something says no more.
        case refused
    }

    struct Entry {
        var key: Key
        var value: SchemaNode
    }

    struct Key {
        var text: String
        var style: Style
        var location: SourceLocation
    }

    /// What the node is, as a message says it.
    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.text.isEmpty ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The text of a scalar.
    var scalarText: String? {
        if case .scalar(let scalar) = content { scalar.text } else { nil }
    }

    /// The limits of a file.
    enum Limit {
        static let depth = 64
        static let bytes = 16 << 20
    }

    /// Reads a file; nil when it is no well-formed YAML or JSON, which is then reported.
    static func read(path: String, bytes: [UInt8], diagnostics: Diagnostics) -> SchemaNode? {
        guard bytes.count <= Limit.bytes else {
            diagnostics.error(.start, "the file is larger than 16 MB")
            return nil
        }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        return path.hasSuffix(".json")
            ? JSONReader.read(bytes, diagnostics: diagnostics) : YAMLReader.read(bytes, diagnostics: diagnostics)
    }

    /// The entries without those whose key stood before, which are reported.
    static func withoutDuplicates(_ entries: [Entry], diagnostics: Diagnostics) -> [Entry] {
        var first: [String: SourceLocation] = Dictionary(minimumCapacity: entries.count)
        var result: [Entry] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            if let place = first[entry.key.text] {
                diagnostics.error(
                    entry.key.location,
                    "duplicate key \(quoted(entry.key.text)); the first is at \(place.line):\(place.column)"
                )
            } else {
                first[entry.key.text] = entry.key.location
                result.append(entry)
            }
        }
        return result
    }
}
