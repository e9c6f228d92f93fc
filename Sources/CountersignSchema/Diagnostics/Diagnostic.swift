/// An error, a warning or a note about a schema file.
///
/// It prints in the format of compilers, so that build systems and editors find the location.
package struct Diagnostic: Equatable, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case error, warning, note
    }

    package var path: String
    package var location: SourceLocation
    package var severity: Severity
    package var message: String

    package init(path: String, location: SourceLocation, severity: Severity, message: String) {
        self.path = path
        self.location = location
        self.severity = severity
        self.message = message
    }

    package var description: String {
        "\(path):\(location): \(severity.rawValue): \(message)"
    }
}
