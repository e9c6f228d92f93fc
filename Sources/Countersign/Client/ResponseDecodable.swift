@_spi(Generated) public import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A generated type that is made of a response's header fields, and of its body if it has one.
@_spi(Generated)
public protocol ResponseDecodable {
    init(response: HTTP.Response) throws
}

@_spi(Generated) extension HTTP.Response {
    /// The body.
    public func json<Body: JSONDecodable>(_ type: Body.Type = Body.self) throws -> Body {
        try Body(json: JSONDocument(parsing: body).root)
    }

    /// A header field that must be there.
    public func header<Value: APIParameter>(_ name: HTTP.FieldName, _ type: Value.Type = Value.self) throws -> Value {
        guard let value = try optionalHeader(name, type) else { throw HeaderDecodingError.missing(name) }
        return value
    }

    /// A header field that may be left out.
    public func optionalHeader<Value: APIParameter>(
        _ name: HTTP.FieldName,
        _ type: Value.Type = Value.self
    ) throws -> Value? {
        guard let text = fields[name] else { return nil }
        guard let value = Value(parameter: text) else { throw HeaderDecodingError.unreadable(name) }
        return value
    }

    /// A header field that may be left out, and is taken for left out when it cannot be read: that of an error, whose
    /// body says more.
    public func readableHeader<Value: APIParameter>(_ name: HTTP.FieldName, _ type: Value.Type = Value.self) -> Value? {
        try? optionalHeader(name, type)
    }

    /// A header field that must be there, an instant in a format of its own.
    public func header(_ name: HTTP.FieldName, as format: TimestampFormat) throws -> Date {
        guard let value = try optionalHeader(name, as: format) else { throw HeaderDecodingError.missing(name) }
        return value
    }

    /// A header field that may be left out, an instant in a format of its own.
    public func optionalHeader(_ name: HTTP.FieldName, as format: TimestampFormat) throws -> Date? {
        guard let text = fields[name] else { return nil }
        guard let value = Date(parameter: text, as: format) else { throw HeaderDecodingError.unreadable(name) }
        return value
    }

    /// An instant in a format of its own, which is taken for left out when it cannot be read.
    public func readableHeader(_ name: HTTP.FieldName, as format: TimestampFormat) -> Date? {
        try? optionalHeader(name, as: format)
    }
}

/// A header field that is not what the schema declares.
enum HeaderDecodingError: Error, CustomStringConvertible {
    case missing(HTTP.FieldName)
    case unreadable(HTTP.FieldName)

    /// Never quotes the value.
    var description: String {
        switch self {
        case .missing(let name): "the header \(name) is missing"
        case .unreadable(let name): "the header \(name) is not what the schema declares"
        }
    }
}
