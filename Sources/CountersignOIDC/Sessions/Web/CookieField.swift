/// The cookies of a `Cookie` field (RFC 6265 section 4.2.1).
///
/// The field is split as bytes: for `String`, U+037E equals a semicolon, and a cookie of a neighbouring host could contain
/// another cookie.
struct CookieField {
    private let pairs: [Substring.UTF8View]

    /// Larger fields are ignored.
    private static let maximumLength = 65_536

    init(_ field: String?) {
        guard let field, field.utf8.count <= Self.maximumLength else {
            pairs = []
            return
        }
        pairs = field.utf8.split(separator: UInt8(ascii: ";")).map { $0.drop { $0 == UInt8(ascii: " ") } }
    }

    /// Returns the value of a cookie; nil if it is missing.
    ///
    /// A field with two cookies of this name is rejected, since one of them may come from an attacker.
    func value(of name: String) -> String? {
        let values = texts(after: "\(name)=")
        return values.count == 1 ? values[0] : nil
    }

    /// Returns the cookies whose names begin with a prefix.
    func cookies(withPrefix prefix: String) -> [(name: String, value: String)] {
        texts(after: prefix).compactMap { text in
            let parts = text.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            return (prefix + String(Substring(parts[0])), String(Substring(parts[1])))
        }
    }

    private func texts(after start: String) -> [String] {
        pairs.filter { $0.starts(with: start.utf8) }.map { String(Substring($0.dropFirst(start.utf8.count))) }
    }
}
