import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Date {
    /// The last second of the year 9999, the latest time that stored documents can contain.
    private static let maximum = Date(timeIntervalSince1970: 253_402_300_799)

    /// Returns the time that is `duration` later, at most the end of the year 9999.
    func adding(_ duration: Duration) -> Date {
        min(Date(unixTime: unixTime + duration), Self.maximum)
    }

    /// Returns the time from `earlier` to this date, in whole microseconds; negative if `earlier` is later.
    func duration(since earlier: Date) -> Duration {
        unixTime - earlier.unixTime
    }

    /// The whole milliseconds since 1970, as they are stored.
    var wholeMilliseconds: Int64 { (unixTime + .microseconds(500)).inMilliseconds }
}
