import Foundation

/// Prints the figures of the promises of Reliability.md, which `.ci/promises` reads.
enum Promise {
    /// Runs the counts that the promises name, where a smaller one is the default.
    static let isFullRun = ProcessInfo.processInfo.environment["COUNTERSIGN_FULL"] != nil

    static func seen(_ number: Int, _ figure: String) {
        print("P\(number) seen: \(figure)")
    }
}
