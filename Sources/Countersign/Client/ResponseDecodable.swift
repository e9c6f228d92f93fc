@_spi(Generated) public import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A generated type with the header fields of a response, and its body if it has one.
@_spi(Generated)
public protocol ResponseDecodable {
    init(response: HTTP.Response) throws
}

@_spi(Generated) extension HTTP.Response {
    /// Decodes the body.
    public func json<Body: JSONDecodable>(_ type: Body.Type = Body.self) throws -> Body {
        try Body(json: JSONDocument(parsing: body).root)
    }

    /// Returns the value of a required header field.
    public func header<Value: APIParameter>(_ name: HTTP.FieldName, _ type: Value.Type = Value.self) throws -> Value {
        guard let text = fields[name] else { throw HeaderDecodingError.missing(name) }
        guard let value = Value(parameter: text) else { throw HeaderDecodingError.unreadable(name) }
        return value
    }

    /// Returns the value of an optional header field; nil if it is missing or invalid.
    ///
    /// The response matters more than a field that the caller must be able to do without. `withResponse` of the client
    /// returns the field as it was sent.
    public func optionalHeader<Value: APIParameter>(_ name: HTTP.FieldName, _ type: Value.Type = Value.self) -> Value? {
        fields[name].flatMap(Value.init(parameter:))
    }

    /// Returns the date of a required header field.
    public func header(_ name: HTTP.FieldName, as format: TimestampFormat) throws -> Date {
        guard let text = fields[name] else { throw HeaderDecodingError.missing(name) }
        guard let value = Date(parameter: text, as: format) else { throw HeaderDecodingError.unreadable(name) }
        return value
    }

    /// Returns the date of an optional header field; nil if it is missing or invalid.
    public func optionalHeader(_ name: HTTP.FieldName, as format: TimestampFormat) -> Date? {
        fields[name].flatMap { Date(parameter: $0, as: format) }
    }
}

/// A header field that does not match the schema.
enum HeaderDecodingError: Error, CustomStringConvertible {
    case missing(HTTP.FieldName)
    case unreadable(HTTP.FieldName)

    /// The description names the field and never quotes its value.
    var description: String {
        switch self {
        case .missing(let name): "the header field \(name) is missing"
        case .unreadable(let name): "the header field \(name) does not match the schema"
        }
    }
}
