/// The way from the root of a document to one of its values: `items[3].price`.
struct JSONPath: CustomStringConvertible {
    private(set) var description = ""

    /// Walks down from the root.
    ///
    /// O(values before it).
    init(to node: JSONNode) {
        var current = node.document.root
        descent: while current.index < node.index {
            switch current.kind {
            case .array:
                for (position, element) in current.elements.enumerated() where element.contains(node) {
                    description += "[\(position)]"
                    current = element
                    continue descent
                }
            case .object:
                for (key, value) in current.members where key.index == node.index || value.contains(node) {
                    append(key: key.string ?? "")
                    current = value
                    continue descent
                }
            default: break
            }
            return
        }
    }

    /// The way to the last value of a text that is still being written; `nil` when that is not JSON.
    static func toEnd(of bytes: [UInt8]) -> JSONPath? {
        var closed = bytes
        bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer, maximumDepth: .max)
            try? parser.parse()
            var open = parser.open
            while open >= 0 {
                let entry = parser.tape[open]
                closed.append(buffer[entry.offset] + 2)  // "}" and "]" stand two after "{" and "["
                open = entry.extent - 1
            }
        }
        guard let document = try? JSONDocument(parsing: closed, limits: .init(maximumDepth: .max)) else { return nil }
        return JSONPath(to: JSONNode(document: document, index: document.tape.count - 1))
    }

    /// Keys that are not plain words are quoted, shortened and without control characters: they are a stranger's.
    mutating func append(key: String) {
        let isWord = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"),
                UInt8(ascii: "@"):
                true
            default: false
            }
        }
        if isWord, (1...64).contains(key.utf8.count) {
            description += description.isEmpty ? key : ".\(key)"
        } else {
            var scalars = String.UnicodeScalarView()
            for scalar in key.unicodeScalars.prefix(64) {
                let isPrintable =
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
                    default: scalar != "\""
                    }
                scalars.append(isPrintable ? scalar : "\u{FFFD}")
            }
            let isShortened = key.unicodeScalars.dropFirst(64).isEmpty == false
            description += "[\"\(String(scalars))\(isShortened ? "…" : "")\"]"
        }
    }
}

extension JSONNode {
    fileprivate func contains(_ node: JSONNode) -> Bool {
        index <= node.index && node.index < document.end(of: index)
    }
}
