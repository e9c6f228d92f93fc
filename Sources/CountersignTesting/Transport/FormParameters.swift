/// The parameters of an `application/x-www-form-urlencoded` text (RFC 6749 appendix B), in their order.
///
/// It prints only the values that are never secret.
public struct FormParameters: Sendable, Hashable, CustomStringConvertible {
    private var pairs: [Pair]

    private struct Pair: Hashable {
        var name: String
        var value: String
    }

    /// No parameters.
    init() {
        pairs = []
    }

    /// Reads a form; nil when a percent sign is not followed by two digits, or the text is not UTF-8.
    init?(_ text: [UInt8]) {
        pairs = []
        for piece in text.split(separator: UInt8(ascii: "&")) {
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), let value = halves.count > 1 ? Self.decode(halves[1]) : "" else {
                return nil
            }
            pairs.append(Pair(name: name, value: value))
        }
    }

    /// Whether there is none.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The names, in order, repeated ones as often as they stand.
    public var names: [String] { pairs.map(\.name) }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// Every value of that name.
    public func values(for name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// The parameters as one text; what may be a secret is `<redacted>`.
    public var description: String {
        pairs.map { "\($0.name)=\(Self.printable.contains($0.name) ? $0.value : "<redacted>")" }.joined(separator: "&")
    }

    /// A parameter that is sent without a value is treated as if it were omitted (RFC 6749 section 3.2).
    func withoutEmpty() -> FormParameters {
        var form = self
        form.pairs.removeAll { $0.value.isEmpty }
        return form
    }

    private static let printable: Set<String> = [
        "grant_type", "scope", "resource", "audience", "client_id", "client_assertion_type", "token_type_hint",
        "requested_token_type", "subject_token_type", "actor_token_type", "redirect_uri", "response_type",
    ]

    /// `+` is a space, `%` begins two hexadecimal digits.
    static func decode(_ text: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.flatMap { byte < 0x80 ? UInt8(exactly: $0) : nil }
    }
}
