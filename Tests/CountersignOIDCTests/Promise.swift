import Foundation

/// A promise of the README's table: what a run shows of it, for `.ci/promises` to put beside what is promised.
enum Promise {
    /// Runs the counts that the promises name, where a smaller one is the default.
    static let isFullRun = ProcessInfo.processInfo.environment["COUNTERSIGN_FULL"] != nil

    static func seen(_ number: Int, _ figure: String) {
        print("P\(number) seen: \(figure)")
    }
}
