extension JSONValue {
    /// The members of a JSON object, with keys that are compared as UTF-8 bytes.
    ///
    /// A dictionary with `String` keys would lose members: Swift considers `"é"` and `"e\u{301}"` equal, JSON does not.
    ///
    /// ```swift
    /// if case .object(let members) = value {
    ///     for (key, value) in members { print(key, value) }
    /// }
    /// ```
    public struct Members: Sendable, Hashable {
        private var values: [ByteKey: JSONValue] = [:]

        /// Creates an object without members.
        public init() {}

        /// Creates the members with the keys and values of a dictionary.
        public init(_ dictionary: [String: JSONValue]) {
            for (key, value) in dictionary { values[ByteKey(key)] = value }
        }

        /// The value of a key; nil if the key is missing.
        public subscript(_ key: String) -> JSONValue? {
            get { values[ByteKey(key)] }
            set { values[ByteKey(key)] = newValue }
        }

        /// The keys, sorted by their bytes.
        public var keys: [String] { values.keys.sorted().map(\.text) }

        /// The number of members.
        public var count: Int { values.count }

        /// Indicates whether there are no members.
        public var isEmpty: Bool { values.isEmpty }
    }

    /// Creates an object with the keys and values of a dictionary.
    public static func object(_ members: [String: JSONValue]) -> JSONValue {
        .object(Members(members))
    }
}

extension JSONValue.Members: Sequence {
    /// Returns an iterator over the keys and values, sorted by the bytes of the keys.
    public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
        values.sorted { $0.key < $1.key }.map { (key: $0.key.text, value: $0.value) }.makeIterator()
    }
}

extension JSONValue.Members: ExpressibleByDictionaryLiteral {
    /// Creates the members of a literal; for duplicate keys, the first value is used.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements where self[key] == nil { self[key] = value }
    }
}

@_spi(Generated)
extension JSONValue.Members: JSONDecodable {
    /// Reads the members of an object; for duplicate keys, the first value is used.
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard json.kind == .object else { throw JSONDecodingError(at: json, expected: "an object") }
        for (key, value) in json.members {
            let key = key.string ?? ""
            let value = try JSONValue(json: value)
            if self[key] == nil { self[key] = value }
        }
    }
}

@_spi(Generated)
extension JSONValue.Members: JSONEncodable {
    /// Writes an object with sorted keys, so that equal values have equal bytes.
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        for (key, value) in self { json.field(key, value) }
        json.endObject()
    }
}
