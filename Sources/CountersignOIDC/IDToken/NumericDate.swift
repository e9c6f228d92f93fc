#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Date {
    /// Creates a date from a NumericDate (RFC 7519 section 2): seconds since 1 January 1970 UTC.
    ///
    /// - Returns: Nil outside of the years 1970 to 9999.
    init?(numericDate seconds: Double) {
        guard 0...253_402_300_799 ~= seconds else { return nil }
        self.init(timeIntervalSince1970: seconds)
    }
}
