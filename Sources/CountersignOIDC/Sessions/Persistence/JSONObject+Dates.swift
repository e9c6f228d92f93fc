@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension JSONObject {
    /// Reads a stored time: whole milliseconds since 1970, in the years 0 to 9999.
    mutating func date(_ key: String) throws(JSONDecodingError) -> Date {
        // Fractions are rejected, since they would change when the document is written again.
        let _: Int64 = try value(key)
        return try value(key, as: .unixMilliseconds)
    }

    /// Reads a stored time, or returns nil if the member is missing or `null`.
    mutating func optionalDate(_ key: String) throws(JSONDecodingError) -> Date? {
        let milliseconds: Int64? = try optional(key)
        return milliseconds == nil ? nil : try date(key)
    }
}
