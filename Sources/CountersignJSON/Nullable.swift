/// A value or `null`, for members where `null` differs from a missing member.
///
/// In a patch, a member has three states: `nil` omits the member and leaves it unchanged on the server, ``null`` clears
/// it, and a value sets it.
///
/// ```swift
/// var note: Nullable<String>?
///
/// note = nil              // {}
/// note = .null            // {"note":null}
/// note = "Fragile"        // {"note":"Fragile"}
/// ```
///
/// ``null`` has no `nil` literal, which would be ambiguous in an optional.
public enum Nullable<Value> {
    case null
    case value(Value)

    /// The value; `nil` for ``null``.
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

@_spi(Generated)
extension Nullable: JSONDecodable where Value: JSONDecodable {
    public init(json: JSONNode) throws(JSONDecodingError) {
        self = json.isNull ? .null : .value(try Value(json: json))
    }
}

@_spi(Generated)
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
