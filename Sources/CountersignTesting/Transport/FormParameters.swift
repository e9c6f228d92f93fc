import CountersignHTTP

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

    /// These parameters, in this order.
    init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs.map { Pair(name: $0.name, value: $0.value) }
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

    /// Reads the form in a request's body; nil when it has none, going by its content type, or one that is broken.
    init?(in request: HTTP.Request) {
        guard request.hasForm else { return nil }
        self.init(request.body?.bytes ?? [])
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

    /// The value of a name that stands exactly once and is not empty.
    func single(_ name: String) -> String? {
        let values = values(for: name)
        return values.count == 1 && values[0] != "" ? values[0] : nil
    }

    /// The first name, by the alphabet, that stands more than once.
    func firstRepeated(except repeatable: Set<String>) -> String? {
        var seen: Set<String> = []
        return names.filter { !repeatable.contains($0) && !seen.insert($0).inserted }.min()
    }

    /// The parameters as they are sent: all but unreserved characters (RFC 3986 section 2.3) percent-encoded.
    var encoded: String {
        pairs.map { Self.encode($0.name) + "=" + Self.encode($0.value) }.joined(separator: "&")
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

    /// The parameters without those of these names.
    func without(_ names: Set<String>) -> FormParameters {
        var form = self
        form.pairs.removeAll { names.contains($0.name) }
        return form
    }

    /// Puts one value in the place of all of that name.
    mutating func set(_ name: String, _ value: String) {
        pairs.removeAll { $0.name == name }
        pairs.append(Pair(name: name, value: value))
    }

    private static let printable: Set<String> = [
        "grant_type", "scope", "resource", "audience", "client_id", "client_assertion_type", "token_type_hint",
        "requested_token_type", "subject_token_type", "actor_token_type", "redirect_uri", "response_type",
        "response_mode", "code_challenge_method", "prompt", "max_age", "acr_values", "error", "error_description",
        "iss",
    ]

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

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

extension HTTP.Request {
    /// Whether the content type is that of a form.
    var hasForm: Bool {
        let mediaType = fields[.contentType]?.split(separator: ";").first?.lowercased()
        return mediaType?.filter { $0 != " " } == "application/x-www-form-urlencoded"
    }
}
