@_spi(Generated) public import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value that can stand in a path, a query, a form or a header.
@_spi(Generated)
public protocol APIParameter {
    /// The value as text, not yet encoded for its place.
    var parameter: String { get }

    /// Reads the value of a header field; nil for what is none.
    init?(parameter: String)
}

extension JSONDecodable {
    /// Reads text as JSON reads a string.
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

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

@_spi(Generated) extension Double: APIParameter {
    public var parameter: String { description }

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

@_spi(Generated) extension Decimal: APIParameter {
    public var parameter: String { description }

    public init?(parameter: String) { self.init(json: Array(parameter.utf8)) }
}

@_spi(Generated) extension Date: APIParameter {
    /// As in JSON: RFC 3339.
    public var parameter: String { parameter(as: .rfc3339) }

    /// As in JSON, without quotes; a date that no format can write is `null`.
    public func parameter(as format: TimestampFormat) -> String {
        var json = JSONWriter()
        encode(to: &json, as: format)
        let quote = UInt8(ascii: "\"")
        return String(decoding: json.bytes.filter { $0 != quote }, as: UTF8.self)
    }

    public init?(parameter: String) { self.init(text: parameter) }

    /// Reads what ``parameter(as:)`` writes; nil for what is no such instant.
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

/// A generated type with one scalar value on the wire: an identifier, an enumeration.
@_spi(Generated)
public protocol APIScalar: RawRepresentable, JSONDecodable, JSONEncodable, APIParameter
where RawValue: JSONDecodable & JSONEncodable & APIParameter {}

@_spi(Generated) extension APIScalar {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = Self(rawValue: try RawValue(json: json)) else {
            throw JSONDecodingError(at: json, message: "not one of the values that the schema lists")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.value(rawValue)
    }

    public var parameter: String { rawValue.parameter }

    public init?(parameter: String) {
        guard let rawValue = RawValue(parameter: parameter) else { return nil }
        self.init(rawValue: rawValue)
    }
}
