/// A built-in type of the schema language.
package enum Scalar: Hashable, Sendable {
    case string, bool, int, int32, int64, float, double, decimal
    /// A calendar day.
    case date
    /// A point in time.
    case timestamp(TimestampFormat)
    case uuid, url
    /// Base64 text.
    case bytes
    /// Any JSON value.
    case json
    /// A part of a multipart body.
    case file

    package enum TimestampFormat: String, Sendable, CaseIterable {
        case rfc3339, unixSeconds, unixMilliseconds, httpDate
    }
}
