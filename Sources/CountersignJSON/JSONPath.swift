/// The path from the root of a document to a value, such as `items[3].price`.
struct JSONPath: CustomStringConvertible {
    private(set) var description = ""

    /// Finds the path to a node by walking down from the root.
    ///
    /// - Complexity: O(*n*), where *n* is the number of values before the node.
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

    /// Returns the path to the last value of an unfinished text, or `nil` if the text is not JSON so far.
    static func toEnd(of bytes: [UInt8]) -> JSONPath? {
        var closed = bytes
        bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer, maximumDepth: .max)
            try? parser.parse()
            var open = parser.open
            while open >= 0 {
                let entry = parser.tape[open]
                closed.append(buffer[entry.offset] + 2)  // in ASCII, "}" and "]" are "{" + 2 and "[" + 2
                open = entry.extent - 1
            }
        }
        guard let document = try? JSONDocument(parsing: closed, limits: .init(maximumDepth: .max)) else { return nil }
        return JSONPath(to: JSONNode(document: document, index: document.tape.count - 1))
    }

    /// Appends a key.
    ///
    /// Keys come from untrusted text: unless they are plain words, they are quoted, shortened, and lose control characters.
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
