@_spi(Generated)
extension String: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let value = json.string else { throw JSONDecodingError(at: json, expected: "a string") }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.string(self)
    }
}

@_spi(Generated)
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
    /// Reads an integer of any type.
    fileprivate func integer<T: FixedWidthInteger>(_: T.Type, named name: String) throws(JSONDecodingError) -> T {
        if let value = int64, let exact = T(exactly: value) { return exact }
        guard kind == .number else { throw JSONDecodingError(at: self, expected: "an integer") }
        throw JSONDecodingError(at: self, message: "the number is fractional or out of the range of \(name)")
    }
}

@_spi(Generated)
extension Int: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int.self, named: "Int")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

@_spi(Generated)
extension Int32: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int32.self, named: "Int32")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(Int64(self))
    }
}

@_spi(Generated)
extension Int64: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = try json.integer(Int64.self, named: "Int64")
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

@_spi(Generated)
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

@_spi(Generated)
extension Float: JSONDecodable, JSONEncodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard let text = json.numberText else { throw JSONDecodingError(at: json, expected: "a number") }
        // Going through Double would round twice, and could miss the nearest Float.
        guard let value = Float(text), value.isFinite else {
            throw JSONDecodingError(at: json, message: "the number is out of the range of Float")
        }
        self = value
    }

    public func encode(to json: inout JSONWriter) {
        json.number(self)
    }
}

@_spi(Generated)
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

@_spi(Generated)
extension Array: JSONEncodable where Element: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        json.beginArray()
        for element in self {
            element.encode(to: &json)
        }
        json.endArray()
    }
}

/// An object; for keys that are equal for `String`, the first value is used.
@_spi(Generated)
extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        guard json.kind == .object else { throw JSONDecodingError(at: json, expected: "an object") }
        self = try json.object().others(except: [])
    }
}

/// An object with sorted keys, so that equal values have equal bytes.
@_spi(Generated)
extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.fields(self)
        json.endObject()
    }
}

@_spi(Generated)
extension Optional: JSONDecodable where Wrapped: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = json.isNull ? nil : try Wrapped(json: json)
    }
}

@_spi(Generated)
extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        if let self { self.encode(to: &json) } else { json.null() }
    }
}
