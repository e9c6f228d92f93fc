// How the types of the standard library read and write themselves.

extension String: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = json.string else { throw JSONDecodingError(at: json, expected: "a string") }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.string(self)
    }
}

extension Bool: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = json.bool else { throw JSONDecodingError(at: json, expected: "true or false") }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.bool(self)
    }
}

extension JSONNode {
    /// The integer as a `T`: the one body of all integer types.
    fileprivate func integer<T: FixedWidthInteger>(_: T.Type, named name: String) throws(JSONDecodingError) -> T {
        if let value = int64, let exact = T(exactly: value) { return exact }
        guard kind == .number else { throw JSONDecodingError(at: self, expected: "an integer") }
        throw JSONDecodingError(at: self, message: "the number is fractional or out of the range of \(name)")
    }
}

extension Int: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int.self, named: "Int")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

extension Int32: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int32.self, named: "Int32")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(Int64(self))
    }
}

extension Int64: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int64.self, named: "Int64")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

extension Double: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = json.double else {
            guard json.kind == .number else { throw JSONDecodingError(at: json, expected: "a number") }
            throw JSONDecodingError(at: json, message: "the number is out of the range of Double")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

extension Float: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let text = json.numberText else { throw JSONDecodingError(at: json, expected: "a number") }
        // Not through Double: rounding twice can miss the nearest Float.
        guard let value = Float(text), value.isFinite else {
            throw JSONDecodingError(at: json, message: "the number is out of the range of Float")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard json.kind == .array else { throw JSONDecodingError(at: json, expected: "an array") }
        self.init()
        let elements = json.elements
        reserveCapacity(elements.underestimatedCount)
        for element in elements {
            append(try Element(json: element))
        }
    }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        json.beginArray()
        for element in self {
            element.encode(to: &json)
        }
        json.endArray()
    }
}

/// Of a repeated key the first value counts.
extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard json.kind == .object else { throw JSONDecodingError(at: json, expected: "an object") }
        self = try json.object().others(except: [])
    }
}

/// Members are written in the order of their keys, so that equal values give equal bytes.
extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.fields(self)
        json.endObject()
    }
}

extension Optional: JSONDecodable where Wrapped: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = json.isNull ? nil : try Wrapped(json: json)
    }
}

extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        if let self { self.encode(to: &json) } else { json.null() }
    }
}
