extension HTTP {
    /// Header fields in the order in which they are sent or came; a name may stand several times (RFC 9110 section 5.2).
    public struct Fields: Hashable, Sendable {
        private var fields: [HTTP.Field]

        public init() { fields = [] }

        public init(_ fields: some Sequence<HTTP.Field>) { self.fields = Array(fields) }

        /// The value of a field; several fields of one name are joined by `", "`, and `nil` means that there is none.
        ///
        /// Setting replaces every field of that name by one, at the place of the first; setting `nil` removes them.
        /// `Set-Cookie` cannot be joined (RFC 9110 section 5.3): read it through ``values(for:)``.
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

        /// The values of all fields of that name, in order.
        public func values(for name: HTTP.FieldName) -> [String] {
            fields.lazy.filter { $0.name == name }.map(\.value)
        }

        /// Whether there is a field of that name.
        public func contains(_ name: HTTP.FieldName) -> Bool {
            fields.contains { $0.name == name }
        }

        /// Adds a field at the end, beside those of that name that are there already.
        public mutating func append(name: HTTP.FieldName, value: String) {
            fields.append(HTTP.Field(name: name, value: value))
        }

        /// Adds a field at the end, beside those of that name that are there already.
        public mutating func append(_ field: HTTP.Field) { fields.append(field) }

        /// Removes every field of that name.
        public mutating func remove(_ name: HTTP.FieldName) {
            fields.removeAll { $0.name == name }
        }

        /// Puts a field in the place of the last one, which must exist.
        mutating func replaceLast(with field: HTTP.Field) { fields[fields.count - 1] = field }

        /// Makes room for so many fields.
        public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }
    }
}

extension HTTP.Fields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
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
    /// Makes fields from a literal; a name may stand in it several times.
    public init(dictionaryLiteral elements: (HTTP.FieldName, String)...) {
        fields = elements.map { HTTP.Field(name: $0, value: $1) }
    }
}
