extension HTTP {
    /// Header fields in wire order, with repeated names (RFC 9110 section 5.2).
    public struct Fields: Hashable, Sendable {
        private var fields: [HTTP.Field]

        /// Creates an empty collection.
        public init() { fields = [] }

        /// Creates a collection of fields.
        public init(_ fields: some Sequence<HTTP.Field>) { self.fields = Array(fields) }

        /// The value of a field; repeated fields are joined by `", "`, and a missing field is `nil`.
        ///
        /// Setting a value replaces all fields of that name with one, at the position of the first; setting `nil` removes
        /// them. `Set-Cookie` cannot be joined (RFC 9110 section 5.3): use ``values(for:)`` to read it.
        public subscript(name: HTTP.FieldName) -> String? {
            get {
                var joined: String?
                for field in fields where field.name == name {
                    if let before = joined {
                        joined = before + ", " + field.value
                    } else {
                        joined = field.value
                    }
                }
                return joined
            }
            set {
                guard let newValue else { return remove(name) }
                guard let first = fields.firstIndex(where: { $0.name == name }) else {
                    return fields.append(HTTP.Field(name: name, value: newValue))
                }
                fields[first] = HTTP.Field(name: name, value: newValue)
                var index = 0
                fields.removeAll { field in
                    defer { index += 1 }
                    return index > first && field.name == name
                }
            }
        }

        /// Returns the values of all fields of a name, in order.
        public func values(for name: HTTP.FieldName) -> [String] {
            fields.lazy.filter { $0.name == name }.map(\.value)
        }

        /// Returns true if a field has this name.
        public func contains(_ name: HTTP.FieldName) -> Bool {
            fields.contains { $0.name == name }
        }

        /// Appends a field, and keeps existing fields of the same name.
        public mutating func append(name: HTTP.FieldName, value: String) {
            fields.append(HTTP.Field(name: name, value: value))
        }

        /// Appends a field, and keeps existing fields of the same name.
        public mutating func append(_ field: HTTP.Field) { fields.append(field) }

        /// Removes all fields of a name.
        public mutating func remove(_ name: HTTP.FieldName) {
            fields.removeAll { $0.name == name }
        }

        /// Replaces the last field, which must exist.
        mutating func replaceLast(with field: HTTP.Field) { fields[fields.count - 1] = field }

        /// Reserves memory for a number of fields.
        public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }
    }
}

extension HTTP.Fields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The field lines, with redacted credentials.
    public var description: String { fields.map(\.description).joined(separator: "\n") }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, unlabeledChildren: fields.map(\.description)) }
}

extension HTTP.Fields: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { fields.count }
    public subscript(position: Int) -> HTTP.Field { fields[position] }
}

extension HTTP.Fields: ExpressibleByDictionaryLiteral {
    /// Creates fields from a literal, which may repeat names.
    public init(dictionaryLiteral elements: (HTTP.FieldName, String)...) {
        fields = elements.map { HTTP.Field(name: $0, value: $1) }
    }
}
