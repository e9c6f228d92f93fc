#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Date? {
    /// Returns true if an expiry has passed; nil never passes.
    func hasPassed(at now: Date) -> Bool {
        map { $0 <= now } ?? false
    }
}
