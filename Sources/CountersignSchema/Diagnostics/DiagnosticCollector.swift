/// A collector of the diagnostics of one file.
final class DiagnosticCollector {
    let path: String
    private var collected: [Diagnostic] = []
    private(set) var errorCount = 0
    private var omittedCount = 0

    /// The number of diagnostics to keep; any more are only counted, since a hostile file could fill memory with them.
    private static let limit = 1_000

    init(path: String) {
        self.path = path
    }

    func error(_ location: SourceLocation, _ message: @autoclosure () -> String) {
        errorCount += 1
        add(location, .error, message)
    }

    func warning(_ location: SourceLocation, _ message: @autoclosure () -> String) {
        add(location, .warning, message)
    }

    /// Adds the diagnostics of another collector.
    func add(_ other: DiagnosticCollector) {
        errorCount += other.errorCount
        omittedCount += other.omittedCount
        for diagnostic in other.collected {
            if collected.count < Self.limit { collected.append(diagnostic) } else { omittedCount += 1 }
        }
    }

    private func add(_ location: SourceLocation, _ severity: Diagnostic.Severity, _ message: () -> String) {
        guard collected.count < Self.limit else {
            omittedCount += 1
            return
        }
        collected.append(Diagnostic(path: path, location: location, severity: severity, message: message()))
    }

    var hasErrors: Bool { errorCount > 0 }

    /// All diagnostics by location; those of one location in the order in which they were reported.
    var sorted: [Diagnostic] {
        var result = collected.enumerated().sorted { left, right in
            (left.element.location, left.offset) < (right.element.location, right.offset)
        }.map(\.element)
        if omittedCount > 0, let last = result.last {
            let message = "\(omittedCount) more problems are not shown"
            result.append(Diagnostic(path: path, location: last.location, severity: .note, message: message))
        }
        return result
    }
}
