import Foundation

/// Prints the figures that tests measure for the promises of the article Reliability.
///
/// `.ci/promises` collects the lines of the form `P12 seen: …`.
package enum Promise {
    /// Indicates whether tests run as often as the promises state, not the smaller default.
    ///
    /// The environment variable `COUNTERSIGN_FULL` turns this on.
    package static let isFullRun = ProcessInfo.processInfo.environment["COUNTERSIGN_FULL"] != nil

    package static func seen(_ number: Int, _ figure: String) {
        print("P\(number) seen: \(figure)")
    }
}
