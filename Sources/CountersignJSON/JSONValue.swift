/// A JSON value of any kind.
///
/// Equality compares the representation: members in any order, but texts by their bytes and numbers as written. `1` and
/// `1.0` differ, and so do `0` and `-0`. An integer in the range of `Int64` is always ``int(_:)``; all other numbers are
/// ``number(_:)``.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// An integer written without a fraction or an exponent.
    case int(Int64)
    /// The digits of any other number, as written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// The members of an object; for duplicate keys, the first value.
    case object(Members)
}

@_spi(Generated)
extension JSONValue: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(try Bool(json: json))
        case .string: self = .string(try String(json: json))
        case .array: self = .array(try [JSONValue](json: json))
        case .object: self = .object(try Members(json: json))
        case .number:
            let text = json.numberText ?? ""
            if !json.entry.isMarked, text != "-0", let value = json.int64 {
                self = .int(value)
            } else {
                self = .number(text)
            }
        }
    }
}

@_spi(Generated)
extension JSONValue: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.bool(value)
        case .int(let value): json.number(value)
        case .number(let text): json.rawNumber(text)
        case .string(let value): json.string(value)
        case .array(let elements): elements.encode(to: &json)
        case .object(let members): members.encode(to: &json)
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) {
        self = .null
    }

    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    public init(integerLiteral value: Int64) {
        self = .int(value)
    }

    /// Creates a number with the shortest digits of the literal's `Double` value.
    public init(floatLiteral value: Double) {
        self = .number(value.description)
    }

    public init(stringLiteral value: String) {
        self = .string(value)
    }

    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Creates an object; for duplicate keys, the first value is used.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var members = Members()
        for (key, value) in elements where members[key] == nil { members[key] = value }
        self = .object(members)
    }
}

extension JSONValue: Hashable {
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
            left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .number(let text), .string(let text): hasher.combine(ByteKey(text))
        case .array(let elements): hasher.combine(elements)
        case .object(let members): hasher.combine(members)
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The JSON text, without white space and with sorted keys.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONValue {
    /// The value of a key; `nil` if the key is missing or this is not an object.
    public subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text of a string; `nil` if this is not a string.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }
}
