extension HTTP {
    /// A header field: a name and a value (RFC 9110 section 5).
    public struct Field: Hashable, Sendable {
        /// The name.
        public var name: HTTP.FieldName
        /// The value, without surrounding white space.
        public var value: String
        /// Marks the value as a credential that the name does not reveal, such as an API key in a custom field.
        package var isSecret = false

        /// Creates a field.
        ///
        /// The value is validated when the request is sent; see ``isValidValue(_:)``.
        public init(name: HTTP.FieldName, value: String) {
            self.name = name
            self.value = value
        }

        /// Returns true if the value has no control character except the tab (RFC 9110 section 5.5).
        ///
        /// A transport rejects a request with an invalid value before it sends anything.
        public static func isValidValue(_ value: String) -> Bool {
            value.utf8.allSatisfy(\.isHTTPFieldValueByte)
        }
    }
}

extension HTTP.Field {
    public static func == (left: HTTP.Field, right: HTTP.Field) -> Bool {
        left.name == right.name && left.value.utf8.elementsEqual(right.value.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}

extension HTTP.Field: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The field line, with the value redacted if the field carries a credential.
    public var description: String { "\(name): \(isSecret || name.isCredential ? "<redacted>" : value)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["field": description]) }
}

extension HTTP.FieldName {
    /// True if the values of this field are credentials.
    package var isCredential: Bool { Self.credentials.contains(self) }

    private static let credentials: Set<HTTP.FieldName> = [
        .authorization, .dpop, .cookie, .setCookie, "Proxy-Authorization", "X-API-Key",
    ]
}

extension UInt8 {
    /// True if the byte is valid in a field value: a visible character, a space, a tab, or a byte outside ASCII.
    package var isHTTPFieldValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == UInt8(ascii: "\t")
    }
}
