/// A value that is JSON, but not what its reader expects.
///
/// The text names keys and kinds of values, never a value itself: it may be a secret.
public struct JSONDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place in the document's structure, `items[3].price`; empty for the whole document.
    public var path: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1, in Unicode scalars.
    public var column: Int
    /// What was expected and what was found, without values.
    public var message: String

    /// An error at a place that is already known.
    public init(path: String, line: Int, column: Int, message: String) {
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    /// An error about a value, with its path and position.
    ///
    /// O(offset): only what fails pays for it.
    public init(at node: JSONNode, message: String) {
        let location = node.location
        self.init(path: JSONPath(to: node).description, line: location.line, column: location.column, message: message)
    }

    /// An error about a value of another kind: "expected a string, found a number".
    public init(at node: JSONNode, expected: String) {
        self.init(at: node, message: "expected \(expected), found \(node.kind.noun)")
    }

    /// An error about a member that an object lacks; its position is the object's.
    public init(missing key: String, in object: JSONNode) {
        self.init(at: object, message: "the key is missing")
        var path = JSONPath(to: object)
        path.append(key: key)
        self.path = path.description
    }

    public var description: String {
        "\(path.isEmpty ? "the document" : path): \(message) (line \(line), column \(column))"
    }
}

extension JSONNode.Kind {
    /// The kind with its article, for error texts.
    var noun: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}
