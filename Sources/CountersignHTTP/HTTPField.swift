extension HTTP {
    /// One header field: a name and a value (RFC 9110 section 5).
    public struct Field: Hashable, Sendable {
        public var name: HTTP.FieldName
        public var value: String
        /// Whether the value is a credential, though the name does not say so: an API has its own name for its keys.
        package var isSecret = false

        /// Makes a field.
        ///
        /// The value is checked when the request is sent; see ``isValidValue(_:)``.
        public init(name: HTTP.FieldName, value: String) {
            self.name = name
            self.value = value
        }

        /// Whether a value can be sent: no CR, LF, NUL or other control character but the tab (RFC 9110 section 5.5).
        ///
        /// A transport refuses a request with another value before it sends anything.
        public static func isValidValue(_ value: String) -> Bool {
            value.utf8.allSatisfy(\.isHTTPFieldValueByte)
        }
    }
}

extension HTTP.Field {
    public static func == (left: HTTP.Field, right: HTTP.Field) -> Bool {
        left.name == right.name && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(value)
    }
}

extension HTTP.Field: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The line as it is sent, but for the values of fields that carry credentials.
    public var description: String { "\(name): \(isSecret || name.isCredential ? "<redacted>" : value)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["field": description]) }
}

extension HTTP.FieldName {
    /// Whether values of this field let whoever reads them act for somebody else.
    var isCredential: Bool { Self.credentials.contains(self) }

    private static let credentials: Set<HTTP.FieldName> = [
        .authorization, .dpop, .cookie, .setCookie, "Proxy-Authorization", "X-API-Key",
    ]
}

extension UInt8 {
    /// Whether this byte may stand in a field value: a visible character, a space, a tab, or beyond ASCII.
    package var isHTTPFieldValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == UInt8(ascii: "\t")
    }
}
