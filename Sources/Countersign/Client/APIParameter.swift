@_spi(Generated) public import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value that can be part of a path, a query, a form or a header field.
@_spi(Generated)
public protocol APIParameter {
    /// The value as text, before it is encoded for its place.
    var parameter: String { get }

    /// False for a value that APIs cannot read: not a number, an infinity, or a date outside the years 0 to 9999.
    var isValidParameter: Bool { get }

    /// Parses the value of a header field; nil if it is invalid.
    init?(parameter: String)
}

@_spi(Generated) extension APIParameter {
    public var isValidParameter: Bool { true }
}

extension JSONDecodable {
    /// Parses text as the JSON string with that content.
    fileprivate init?(text: String) {
        var json = JSONWriter()
        json.string(text)
        self.init(json: json.bytes)
    }

    fileprivate init?(json: [UInt8]) {
        guard let document = try? JSONDocument(parsing: json), let value = try? Self(json: document.root) else {
            return nil
        }
        self = value
    }
}

@_spi(Generated) extension String: APIParameter {
    public var parameter: String { self }

    public init?(parameter: String) { self = parameter }
}

@_spi(Generated) extension Bool: APIParameter {
    public var parameter: String { self ? "true" : "false" }

    public init?(parameter: String) { self.init(parameter) }
}

@_spi(Generated) extension Int: APIParameter {
    public var parameter: String { String(self) }

    public init?(parameter: String) { self.init(parameter) }
}

@_spi(Generated) extension Int32: APIParameter {
    public var parameter: String { String(self) }

    public init?(parameter: String) { self.init(parameter) }
}

@_spi(Generated) extension Int64: APIParameter {
    public var parameter: String { String(self) }

    public init?(parameter: String) { self.init(parameter) }
}

@_spi(Generated) extension Float: APIParameter {
    public var parameter: String { description }
    public var isValidParameter: Bool { isFinite }

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

@_spi(Generated) extension Double: APIParameter {
    public var parameter: String { description }
    public var isValidParameter: Bool { isFinite }

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

@_spi(Generated) extension Decimal: APIParameter {
    public var parameter: String { description }
    public var isValidParameter: Bool { !isNaN }

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

/// A date in the format of its parameter.
@_spi(Generated)
public struct FormattedDate: APIParameter, Sendable {
    public let parameter: String
    public let isValidParameter: Bool

    /// Formats the date as in JSON, without quotes.
    init(_ date: Date, as format: TimestampFormat) {
        var json = JSONWriter()
        date.encode(to: &json, as: format)
        isValidParameter = json.failure == nil
        let quote = UInt8(ascii: "\"")
        parameter = String(decoding: json.bytes.filter { $0 != quote }, as: UTF8.self)
    }

    public init?(parameter: String) {
        self.parameter = parameter
        isValidParameter = true
    }
}

@_spi(Generated) extension Date: APIParameter {
    /// The date as in JSON, by RFC 3339.
    public var parameter: String { parameter(as: .rfc3339).parameter }
    public var isValidParameter: Bool { parameter(as: .rfc3339).isValidParameter }

    /// Returns the date in a format.
    public func parameter(as format: TimestampFormat) -> FormattedDate { FormattedDate(self, as: format) }

    public init?(parameter: String) { self.init(text: parameter) }

    /// Parses the text of ``parameter(as:)``; nil if it is invalid.
    public init?(parameter: String, as format: TimestampFormat) {
        var json = JSONWriter()
        switch format {
        case .rfc3339, .httpDate: json.string(parameter)
        case .unixSeconds, .unixMilliseconds: json.rawNumber(parameter)
        }
        guard let document = try? JSONDocument(parsing: json.bytes),
            let date = try? Date(json: document.root, as: format)
        else { return nil }
        self = date
    }
}

@_spi(Generated) extension CalendarDay: APIParameter {
    public var parameter: String { description }

    public init?(parameter: String) { self.init(parameter) }
}

@_spi(Generated) extension UUID: APIParameter {
    public var parameter: String { uuidString.lowercased() }

    public init?(parameter: String) { self.init(text: parameter) }
}

@_spi(Generated) extension URL: APIParameter {
    public var parameter: String { absoluteString }

    public init?(parameter: String) { self.init(text: parameter) }
}

@_spi(Generated) extension Data: APIParameter {
    public var parameter: String { base64EncodedString() }

    public init?(parameter: String) { self.init(text: parameter) }
}

/// A generated type with one scalar value on the wire, such as an identifier or an enumeration.
@_spi(Generated)
public protocol APIScalar: RawRepresentable, JSONDecodable, JSONEncodable, APIParameter
where RawValue: JSONDecodable & JSONEncodable & APIParameter {}

@_spi(Generated) extension APIScalar {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = Self(rawValue: try RawValue(json: json)) else {
            throw JSONDecodingError(at: json, message: "the schema does not list this value")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.value(rawValue)
    }

    public var parameter: String { rawValue.parameter }
    public var isValidParameter: Bool { rawValue.isValidParameter }

    public init?(parameter: String) {
        guard let rawValue = RawValue(parameter: parameter) else { return nil }
        self.init(rawValue: rawValue)
    }
}
