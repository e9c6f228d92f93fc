/// The result of a shutdown: the work that has not finished.
///
/// ```swift
/// let result = await runtime.shutdown(within: .seconds(30))
/// for work in result.unfinishedWork { print("left behind:", work) }
/// ```
public struct ShutdownResult: Sendable, Hashable {
    /// The work that was under way when the shutdown returned; empty if all work has finished.
    ///
    /// The work continues while the process runs.
    public let unfinishedWork: [UnfinishedWork]

    /// Indicates whether all work has finished, so that the process can end without losing anything.
    public var isComplete: Bool { unfinishedWork.isEmpty }
}

extension ShutdownResult: CustomStringConvertible {
    /// The unfinished work in one line for a log.
    public var description: String {
        if isComplete { return "shut down, all work has finished" }
        return "shut down, unfinished work: " + unfinishedWork.map(\.description).joined(separator: ", ")
    }
}
