import CountersignHTTP
import CountersignJSON

/// The parameters of an `application/x-www-form-urlencoded` text (RFC 6749 appendix B), in order.
///
/// The description contains only values that are never secret.
public struct FormParameters: Sendable, Hashable, CustomStringConvertible {
    private var pairs: [Pair]

    private struct Pair: Hashable {
        var name: String
        var value: String

        func isNamed(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }
    }

    init() {
        pairs = []
    }

    init(_ pairs: [(name: String, value: String)]) {
        self.pairs = pairs.map { Pair(name: $0.name, value: $0.value) }
    }

    /// Parses a form; fails if a percent sign is not followed by two hexadecimal digits, or the text is not UTF-8.
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

    /// Parses the form in the body of a request; fails if the content type is not a form's, or the form is malformed.
    init?(in request: HTTP.Request) {
        guard request.hasForm else { return nil }
        self.init(request.body?.bytes ?? [])
    }

    /// Indicates whether there are no parameters.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The names in order, with repetitions.
    public var names: [String] { pairs.map(\.name) }

    /// Returns the first value of a parameter.
    public subscript(name: String) -> String? {
        pairs.first { $0.isNamed(name) }?.value
    }

    /// Returns all values of a parameter.
    public func values(for name: String) -> [String] {
        pairs.filter { $0.isNamed(name) }.map(\.value)
    }

    /// Returns the value of a parameter if it is not empty and occurs exactly once.
    func single(_ name: String) -> String? {
        let values = values(for: name)
        return values.count == 1 && values[0] != "" ? values[0] : nil
    }

    /// Returns the alphabetically first name that occurs more than once.
    func firstRepeated(except repeatable: Set<String>) -> String? {
        var seen: Set<ByteKey> = []
        return names.filter { !repeatable.contains($0) && !seen.insert(ByteKey($0)).inserted }.min()
    }

    /// The encoded form: all but unreserved characters (RFC 3986 section 2.3) are percent-encoded.
    var encoded: String {
        pairs.map { Self.encode($0.name) + "=" + Self.encode($0.value) }.joined(separator: "&")
    }

    /// The parameters as text; values that may be secret are replaced by `<redacted>`.
    public var description: String {
        pairs.map { "\($0.name)=\(Self.printable.contains($0.name) ? $0.value : "<redacted>")" }.joined(separator: "&")
    }

    /// Returns the parameters that have a value: one without a value counts as omitted (RFC 6749 section 3.2).
    func withoutEmpty() -> FormParameters {
        var form = self
        form.pairs.removeAll { $0.value.isEmpty }
        return form
    }

    /// Returns the parameters except for those with these names.
    func without(_ names: Set<String>) -> FormParameters {
        var form = self
        form.pairs.removeAll { names.contains($0.name) }
        return form
    }

    /// Replaces all values of a parameter by one value.
    mutating func set(_ name: String, _ value: String) {
        pairs.removeAll { $0.isNamed(name) }
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

    /// Decodes a name or value: `+` is a space, `%` starts two hexadecimal digits.
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
    /// Indicates whether the content type is that of a form.
    var hasForm: Bool {
        let mediaType = fields[.contentType]?.split(separator: ";").first?.lowercased()
        return mediaType?.filter { $0 != " " } == "application/x-www-form-urlencoded"
    }
}
