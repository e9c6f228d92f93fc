#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Conforms to `Codable`, so that generated models can be `Codable` with the same JSON.
extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? container.decode(Decimal.self), !value.isNaN {
            self = .number(value.description)
        } else if let value = try? container.decode(Double.self), value.isFinite {
            self = .number(value.description)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(Members(try container.decode([String: JSONValue].self)))
        }
    }

    /// Encodes the value.
    ///
    /// - Throws: `EncodingError` for a ``number(_:)`` whose text is not a number or is out of the range of `Double`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members):
            // Encoders have dictionaries with `String` keys too.
            try container.encode(Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first })
        case .number(let text):
            let isNumber = withUTF8(of: text) { JSONParser.isNumber($0) }
            let digits = isNumber ? withUTF8(of: text) { JSONNumber.decimal($0) } : nil
            if let value = digits.flatMap({ Decimal(string: $0) }) {
                try container.encode(value)
            } else if isNumber, let value = Double(text), value.isFinite {
                try container.encode(value)
            } else {
                let context = EncodingError.Context(
                    codingPath: container.codingPath,
                    debugDescription: "not a JSON number in the range of Double"
                )
                throw EncodingError.invalidValue(self, context)
            }
        }
    }
}

@_spi(Generated)
extension JSONValue {
    /// Creates the JSON value that a value is written as.
    ///
    /// - Throws: ``JSONEncodingError`` if a part of it has no JSON form.
    public init(encoding value: some JSONEncodable) throws(JSONEncodingError) {
        var writer = JSONWriter()
        writer.value(value)
        if let failure = writer.failure { throw failure }
        // The writer does not validate the nesting of containers, so reading can fail.
        guard let document = try? JSONDocument(parsing: writer.bytes), let value = try? JSONValue(json: document.root)
        else { throw JSONEncodingError(path: "", message: "the value wrote invalid JSON") }
        self = value
    }

    /// Reads this JSON value as a `T`.
    ///
    /// - Throws: ``JSONDecodingError`` if it has another kind or is out of range.
    public func decoded<T: JSONDecodable>(as type: T.Type = T.self) throws(JSONDecodingError) -> T {
        var writer = JSONWriter()
        writer.value(self)
        guard let document = try? JSONDocument(parsing: writer.bytes) else {
            let message = "the value holds an invalid number or is nested too deeply"
            throw JSONDecodingError(path: "", line: 1, column: 1, message: message)
        }
        return try T(json: document.root)
    }
}
