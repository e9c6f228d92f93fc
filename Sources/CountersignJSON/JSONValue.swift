/// Any JSON value, for what has no type of its own.
///
/// Equality is that of the representation: members in any order, but numbers as they are written. `1` and `1.0` differ,
/// and so do `0` and `-0`; an integer that fits `Int64` is always ``int(_:)``, everything else ``number(_:)``.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// An integer written without fraction and exponent.
    case int(Int64)
    /// The digits as written, where they are more than an ``int(_:)`` holds.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// Of a repeated key, the first value.
    case object([String: JSONValue])
}

extension JSONValue: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        switch json.kind {
        case .null: self = .null
        case .bool: self = .bool(try Bool(json: json))
        case .string: self = .string(try String(json: json))
        case .array: self = .array(try [JSONValue](json: json))
        case .object: self = .object(try [String: JSONValue](json: json))
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

    /// The shortest digits of the `Double` that the literal is.
    public init(floatLiteral value: Double) {
        self = .number(value.description)
    }

    public init(stringLiteral value: String) {
        self = .string(value)
    }

    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Of a repeated key, the first value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
}

extension JSONValue: CustomStringConvertible {
    /// The JSON text, without white space and with keys in order.
    public var description: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONValue {
    /// The member of that name; `nil` when there is none, or when this is not an object.
    public subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The text; `nil` when this is not a string.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }
}
