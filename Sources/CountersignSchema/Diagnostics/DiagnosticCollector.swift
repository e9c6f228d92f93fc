/// The diagnostics of one file, as they are found.
final class Diagnostics {
    let path: String
    private var found: [Diagnostic] = []
    private(set) var errorCount = 0
    private var omitted = 0

    /// Beyond this many the rest is counted, not kept: nobody reads more, and a hostile file could fill memory.
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

    private func add(_ location: SourceLocation, _ severity: Diagnostic.Severity, _ message: () -> String) {
        guard found.count < Self.limit else {
            omitted += 1
            return
        }
        found.append(Diagnostic(path: path, location: location, severity: severity, message: message()))
    }

    var hasErrors: Bool { errorCount > 0 }

    /// All of them by place; those of one place in the order they were found.
    var sorted: [Diagnostic] {
        var result = found.enumerated().sorted { left, right in
            (left.element.location, left.offset) < (right.element.location, right.offset)
        }.map(\.element)
        if omitted > 0, let last = result.last {
            let message = "\(omitted) more problems are not shown"
            result.append(Diagnostic(path: path, location: last.location, severity: .note, message: message))
        }
        return result
    }
}

/// A stranger's text as it may stand in a message: in quotes, on one line, not endless.
func quoted(_ text: some StringProtocol) -> String {
    var result = "'"
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < 60 else { return result + "…'" }
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return result + "'"
}

/// The words to choose from: `'a', 'b' or 'c'`.
func alternatives(_ words: some Sequence<String>) -> String {
    let words = words.map { quoted($0) }
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}
