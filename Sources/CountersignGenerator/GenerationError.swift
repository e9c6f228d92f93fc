package import CountersignSchema

/// An error about a valid schema for which no Swift can be generated, with its location.
package struct GenerationError: Error, Hashable, Sendable {
    package var location: SourceLocation
    package var message: String

    init(_ location: SourceLocation, _ message: String) {
        self.location = location
        self.message = message
    }
}
