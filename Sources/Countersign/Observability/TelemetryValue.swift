/// A value in a structured log or an attribute of a span: a text or a number.
public enum TelemetryValue: Sendable, Hashable {
    case string(String)
    case integer(Int)
}

extension TelemetryValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension TelemetryValue: CustomStringConvertible {
    /// The text, or the digits of the number.
    public var description: String {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        }
    }
}
