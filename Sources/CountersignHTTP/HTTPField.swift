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
    /// The field line, without what could be a credential.
    ///
    /// The value is redacted if the name suggests a credential, such as `X-Auth-Token`. A URL is cut before its query, which
    /// could hold an authorization code or an API key.
    public var description: String {
        if isSecret || name.isCredential { return "\(name): <redacted>" }
        return "\(name): \(name.isURL ? Self.withoutQuery(value) : value)"
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["field": description]) }

    private static func withoutQuery(_ value: String) -> String {
        let kept = value.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        // A URL can contain a password before an @.
        if kept.contains(UInt8(ascii: "@")) { return "<redacted>" }
        return kept.count == value.utf8.count ? value : "\(Substring(kept))?…"
    }
}

extension HTTP.FieldName {
    /// True if the values of this field are credentials, or if the name suggests it.
    package var isCredential: Bool {
        let name = rawName.utf8.map(\.asciiLowercased)
        // An idempotency key identifies a request, and no client.
        if name.elementsEqual("dpop".utf8) || (name.hasSuffix("key") && !name.elementsEqual("idempotency-key".utf8)) {
            return true
        }
        return Self.credentialWords.contains { name.contains($0) }
    }

    /// Parts of the names of fields with credentials: `Set-Cookie`, `Proxy-Authorization`, `X-Auth-Token`, `X-CSRF-Token`.
    private static let credentialWords = [
        "authorization", "cookie", "token", "secret", "passw", "apikey", "api-key", "csrf", "xsrf", "credential",
        "session",
        "assertion", "jwt", "signature", "x-auth",
    ].map { Array($0.utf8) }

    /// True if the values of this field are or contain URLs.
    fileprivate var isURL: Bool {
        self == .location || self == .link || self == "Content-Location" || self == "Referer" || self == "Refresh"
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: String) -> Bool { self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) }

    fileprivate func contains(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { self[$0...].starts(with: part) }
    }
}

extension UInt8 {
    /// True if the byte is valid in a field value: a visible character, a space, a tab, or a byte outside ASCII.
    package var isHTTPFieldValueByte: Bool {
        (self >= 0x20 && self != 0x7F) || self == UInt8(ascii: "\t")
    }
}
