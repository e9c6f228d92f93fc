#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The format of a timestamp.
///
/// Years range from 0 to 9999 in each format.
@_spi(Generated)
public enum TimestampFormat: Sendable {
    /// `1985-04-12T23:20:50.52Z` (RFC 3339 section 5.6), written in UTC, with milliseconds unless they are zero.
    case rfc3339
    /// Seconds since 1970 as a number. Fractions are read; whole seconds, rounded down, are written.
    case unixSeconds
    /// Milliseconds since 1970 as a number. Fractions are read; whole milliseconds are written.
    case unixMilliseconds
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7), whole seconds, rounded down.
    case httpDate
}

/// A timestamp, or an array, a dictionary or an optional of timestamps, that has a ``TimestampFormat``.
@_spi(Generated)
public protocol TimestampCodable: JSONDecodable, JSONEncodable {
    /// Reads a value whose timestamps have this format.
    init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError)
    /// Writes the value with its timestamps in this format.
    func encode(to json: inout JSONWriter, as format: TimestampFormat)
}

@_spi(Generated)
extension Date: TimestampCodable {
    public init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError) {
        switch format {
        case .rfc3339: try self.init(json: json)
        case .unixSeconds: try self.init(json: json, unitsInSecond: 1)
        case .unixMilliseconds: try self.init(json: json, unitsInSecond: 1000)
        case .httpDate:
            guard let seconds = HTTPDate.seconds(try String(json: json)) else {
                let message = "expected an HTTP date, such as Sun, 06 Nov 1994 08:49:37 GMT"
                throw JSONDecodingError(at: json, message: message)
            }
            self.init(timeIntervalSinceReferenceDate: Double(seconds - Self.referenceSeconds))
        }
    }

    private init(json: JSONNode, unitsInSecond: Double) throws(JSONDecodingError) {
        let seconds = try Double(json: json) / unitsInSecond
        // The years 0 to 9999, as in the other formats.
        guard (-62_167_219_200..<253_402_300_800).contains(seconds) else {
            throw JSONDecodingError(at: json, message: "the timestamp is outside the years 0 to 9999")
        }
        self.init(timeIntervalSince1970: seconds)
    }

    public func encode(to json: inout JSONWriter, as format: TimestampFormat) {
        guard let milliseconds = millisecondsSince1970 else {
            return json.fail("a date outside the years 0 to 9999")
        }
        let seconds = milliseconds.dividedRoundingDown(by: 1000).quotient
        switch format {
        case .rfc3339: encode(to: &json)
        case .unixSeconds: json.number(seconds)
        case .unixMilliseconds: json.number(milliseconds)
        case .httpDate:
            guard let text = HTTPDate.text(secondsSince1970: seconds) else {
                return json.fail("a date outside the years 0 to 9999")
            }
            json.string(text)
        }
    }
}

extension Date {
    /// The seconds from 1970 to the reference date of `Date`, 2001-01-01.
    static let referenceSeconds: Int64 = 978_307_200

    /// The milliseconds since 1970, rounded; `nil` far outside the years 0 to 9999.
    var millisecondsSince1970: Int64? {
        let milliseconds = (timeIntervalSinceReferenceDate * 1000).rounded()
        guard abs(milliseconds) < 1e15 else { return nil }
        return Int64(milliseconds) + Self.referenceSeconds * 1000
    }
}

@_spi(Generated)
extension Array: TimestampCodable where Element: TimestampCodable {
    public init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError) {
        guard json.kind == .array else { throw JSONDecodingError(at: json, expected: "an array") }
        self.init()
        for element in json.elements { append(try Element(json: element, as: format)) }
    }

    public func encode(to json: inout JSONWriter, as format: TimestampFormat) {
        json.beginArray()
        for element in self { element.encode(to: &json, as: format) }
        json.endArray()
    }
}

@_spi(Generated)
extension Dictionary: TimestampCodable where Key == String, Value: TimestampCodable {
    public init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError) {
        self = try json.object().others(except: [], as: format)
    }

    public func encode(to json: inout JSONWriter, as format: TimestampFormat) {
        json.beginObject()
        json.fields(self, as: format)
        json.endObject()
    }
}

@_spi(Generated)
extension Optional: TimestampCodable where Wrapped: TimestampCodable {
    public init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError) {
        self = json.isNull ? nil : try Wrapped(json: json, as: format)
    }

    public func encode(to json: inout JSONWriter, as format: TimestampFormat) {
        if let self { self.encode(to: &json, as: format) } else { json.null() }
    }
}

@_spi(Generated)
extension Nullable: TimestampCodable where Value: TimestampCodable {
    public init(json: JSONNode, as format: TimestampFormat) throws(JSONDecodingError) {
        self = json.isNull ? .null : .value(try Value(json: json, as: format))
    }

    public func encode(to json: inout JSONWriter, as format: TimestampFormat) {
        value.encode(to: &json, as: format)
    }
}

// MARK: - Members

@_spi(Generated)
extension JSONObject {
    /// Reads the value of a required key, whose timestamps have this format.
    ///
    /// - Throws: ``JSONDecodingError`` if the key is missing or its value is not a `T`.
    public mutating func value<T: TimestampCodable>(
        _ key: String,
        as format: TimestampFormat
    ) throws(JSONDecodingError) -> T {
        guard let member = member(key) else { throw JSONDecodingError(missing: key, in: node) }
        return try T(json: member, as: format)
    }

    /// Reads the value of a key, or returns `default` if the key is missing or `null`.
    public mutating func value<T: TimestampCodable>(
        _ key: String,
        as format: TimestampFormat,
        default: @autoclosure () -> T
    ) throws(JSONDecodingError) -> T {
        try optional(key, as: format) ?? `default`()
    }

    /// Reads the value of a key, or returns `nil` if the key is missing or `null`.
    public mutating func optional<T: TimestampCodable>(
        _ key: String,
        as format: TimestampFormat
    ) throws(JSONDecodingError) -> T? {
        guard let member = member(key), !member.isNull else { return nil }
        return try T(json: member, as: format)
    }

    /// Reads the value of a required key, or returns `nil` for `null`.
    public mutating func nullable<T: TimestampCodable>(
        _ key: String,
        as format: TimestampFormat
    ) throws(JSONDecodingError) -> T? {
        try value(key, as: format)
    }

    /// Reads the value of a key, or returns `nil` if the key is missing and ``Nullable/null`` for `null`.
    public mutating func optionalNullable<T: TimestampCodable>(
        _ key: String,
        as format: TimestampFormat
    ) throws(JSONDecodingError) -> Nullable<T>? {
        guard let member = member(key) else { return nil }
        return try Nullable<T>(json: member, as: format)
    }

    /// Reads all members whose keys are not in `keys`; for keys that are equal for `String`, the first value.
    public func others<T: TimestampCodable>(
        except keys: [String],
        as format: TimestampFormat
    ) throws(JSONDecodingError) -> [String: T] {
        try others(except: keys) { json throws(JSONDecodingError) in try T(json: json, as: format) }
    }
}

@_spi(Generated)
extension JSONWriter {
    /// Writes a member whose timestamps have this format.
    public mutating func field<T: TimestampCodable>(_ key: String, _ value: T, as format: TimestampFormat) {
        self.key(key)
        value.encode(to: &self, as: format)
    }

    /// Writes a member whose timestamps have this format, or nothing if the value is `nil`.
    public mutating func field<T: TimestampCodable>(_ key: String, _ value: T?, as format: TimestampFormat) {
        guard let value else { return }
        field(key, value, as: format)
    }

    /// Writes members sorted by key, with their timestamps in this format, except those whose keys are in `keys`.
    public mutating func fields<T: TimestampCodable>(
        _ members: [String: T],
        except keys: [String] = [],
        as format: TimestampFormat
    ) {
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where !keys.containsBytes(of: key) {
            field(key, value, as: format)
        }
    }

    /// Writes a member whose timestamps have this format, with `null` if the value is `nil`.
    public mutating func nullableField<T: TimestampCodable>(_ key: String, _ value: T?, as format: TimestampFormat) {
        self.key(key)
        value.encode(to: &self, as: format)
    }
}
