/// The error of a JSON value that is not what its reader expects.
///
/// The text names keys and kinds of values but never a value, which could be a secret.
public struct JSONDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path to the value in the document, such as `items[3].price`; empty for the whole document.
    public var path: String
    /// The line, counted from 1.
    public var line: Int
    /// The column, counted from 1 in Unicode scalars.
    public var column: Int
    /// The expected and the actual kind of value, without the value itself.
    public var message: String

    /// Creates an error at a known place.
    public init(path: String, line: Int, column: Int, message: String) {
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    /// Creates an error about a value, with its path and position.
    ///
    /// - Complexity: O(*n*), where *n* is the offset of the value.
    @_spi(Generated)
    public init(at node: JSONNode, message: String) {
        let location = node.location
        self.init(path: JSONPath(to: node).description, line: location.line, column: location.column, message: message)
    }

    /// Creates an error about a value of another kind: "expected a string, found a number".
    @_spi(Generated)
    public init(at node: JSONNode, expected: String) {
        self.init(at: node, message: "expected \(expected), found \(node.kind.noun)")
    }

    /// Creates an error about a missing member of an object, at the position of the object.
    @_spi(Generated)
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
