/// A value that JSON may hold as `null`, where `null` and no value at all are two things.
///
/// A patch has three of them: `nil` leaves a member out, and so leaves what it stands for alone; ``null`` clears it; a
/// value sets it.
///
/// ```swift
/// var note: Nullable<String>?
///
/// note = nil              // {}
/// note = .null            // {"note":null}
/// note = "Fragile"        // {"note":"Fragile"}
/// ```
///
/// There is no `nil` literal for ``null``: in an optional, `nil` would mean either.
public enum Nullable<Value> {
    case null
    case value(Value)

    /// The value, `nil` for ``null``.
    public var value: Value? {
        switch self {
        case .null: nil
        case .value(let value): value
        }
    }
}

extension Nullable: Sendable where Value: Sendable {}
extension Nullable: Equatable where Value: Equatable {}
extension Nullable: Hashable where Value: Hashable {}

extension Nullable: JSONDecodable where Value: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = json.isNull ? .null : .value(try Value(json: json))
    }
}

extension Nullable: JSONEncodable where Value: JSONEncodable {
    public func encode(to json: inout JSONWriter) {
        json.value(value)
    }
}

extension Nullable: ExpressibleByUnicodeScalarLiteral where Value: ExpressibleByUnicodeScalarLiteral {
    public init(unicodeScalarLiteral value: Value.UnicodeScalarLiteralType) {
        self = .value(Value(unicodeScalarLiteral: value))
    }
}

extension Nullable: ExpressibleByExtendedGraphemeClusterLiteral
where Value: ExpressibleByExtendedGraphemeClusterLiteral {
    public init(extendedGraphemeClusterLiteral value: Value.ExtendedGraphemeClusterLiteralType) {
        self = .value(Value(extendedGraphemeClusterLiteral: value))
    }
}

extension Nullable: ExpressibleByStringLiteral where Value: ExpressibleByStringLiteral {
    public init(stringLiteral value: Value.StringLiteralType) {
        self = .value(Value(stringLiteral: value))
    }
}

extension Nullable: ExpressibleByIntegerLiteral where Value: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Value.IntegerLiteralType) {
        self = .value(Value(integerLiteral: value))
    }
}

extension Nullable: ExpressibleByFloatLiteral where Value: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Value.FloatLiteralType) {
        self = .value(Value(floatLiteral: value))
    }
}

extension Nullable: ExpressibleByBooleanLiteral where Value: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Value.BooleanLiteralType) {
        self = .value(Value(booleanLiteral: value))
    }
}
