/// A set of values.
package struct Enumeration: Sendable {
    package var values: Values
    /// Indicates whether unknown values are rejected; an open enumeration keeps them as `unrecognized`.
    package var isClosed = false
    package var cases: [Case]

    package enum Values: Sendable {
        case strings, integers
    }

    package struct Case: Sendable {
        /// The name in Swift, unescaped.
        package var swiftName: String
        package var value: Value
        package var location = SourceLocation.start
    }

    package enum Value: Hashable, Sendable {
        case string(String)
        case integer(Int64)
    }
}
