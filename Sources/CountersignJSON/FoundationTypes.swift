#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A string in the format of RFC 3339 section 5.6.
///
/// It is written in UTC, with milliseconds unless they are zero.
@_spi(Generated)
extension Date: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let timestamp = json.withString({ Timestamp($0) }) else {
            throw JSONDecodingError(at: json, expected: "a string")
        }
        guard let timestamp else {
            throw JSONDecodingError(at: json, message: "expected an RFC 3339 timestamp, such as 1985-04-12T23:20:50Z")
        }
        // Relative to 2001, as `Date` stores it: going through 1970 would lose precision.
        let seconds = Double(timestamp.seconds - Self.referenceSeconds) + Double(timestamp.nanoseconds) / 1_000_000_000
        self.init(timeIntervalSinceReferenceDate: seconds)
    }

    public func encode(to json: inout JSONWriter) {
        let time = millisecondsSince1970?.dividedRoundingDown(by: 1000)
        let timestamp = time.map { Timestamp(seconds: $0.quotient, nanoseconds: Int($0.remainder) * 1_000_000) }
        guard let text = timestamp?.text() else { return json.fail("a date outside the years 0 to 9999") }
        json.string(String(decoding: text, as: UTF8.self))
    }
}

/// A number, read from its digits as written and never through `Double`.
@_spi(Generated)
extension Decimal: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let digits = json.withNumber({ text, _ in JSONNumber.decimal(text) }) else {
            throw JSONDecodingError(at: json, expected: "a number")
        }
        guard let digits, let value = Decimal(string: digits) else {
            throw JSONDecodingError(
                at: json,
                message: "the number is out of the range of Decimal or has more than 38 digits"
            )
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        guard !isNaN else { return json.fail("not a finite number") }
        json.rawNumber(description)
    }
}

/// A string of hexadecimal digits in five groups (RFC 9562), written in lower case.
@_spi(Generated)
extension UUID: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        let text = try String(json: json)
        guard text.utf8.count == 36, let value = UUID(uuidString: text) else {
            throw JSONDecodingError(at: json, message: "expected a UUID")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.string(uuidString.lowercased())
    }
}

/// A string with a URL or a relative reference (RFC 3986).
///
/// It is kept as received if it is valid. Otherwise it is read as browsers do (WHATWG URL): surrounding spaces and all line
/// breaks are dropped, and invalid characters such as spaces and non-ASCII letters are percent-encoded.
@_spi(Generated)
extension URL: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        let text = try String(json: json)
        let value = URL(string: text, encodingInvalidCharacters: false)
        // Only the host can still have invalid characters, which Foundation encodes by the rules for host names.
        guard let value = value ?? URL(string: InvalidURL.encoded(text), encodingInvalidCharacters: true) else {
            throw JSONDecodingError(at: json, message: "expected a URL")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.string(relativeString)
    }
}

/// A base64 string (RFC 4648), written with the standard alphabet and padding.
///
/// The URL-safe alphabet, missing padding, and white space such as line breaks are read, too.
@_spi(Generated)
extension Data: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let bytes = json.withString({ Base64.decode($0) }) else {
            throw JSONDecodingError(at: json, expected: "a string")
        }
        guard let bytes else { throw JSONDecodingError(at: json, message: "expected base64") }
        self.init(bytes)
    }

    public func encode(to json: inout JSONWriter) {
        json.string(String(decoding: Base64.encode(self), as: UTF8.self))
    }
}
