import Foundation

/// A promise with a number in it: what was seen beside what was promised, printed when the test has shown it.
struct Figure {
    /// Runs the counts that the promises name, where a smaller one is the default.
    static let isFullRun = ProcessInfo.processInfo.environment["COUNTERSIGN_FULL"] != nil

    static func print(_ promise: String, seen: String, promised: String) {
        Swift.print("\(promise): seen \(seen); promised \(promised)")
    }
}
