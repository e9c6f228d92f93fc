package import CountersignSchema

/// A construct of the schema language that there is no Swift for, and where it stands.
package struct Unsupported: Error, Hashable, Sendable {
    package var location: SourceLocation
    package var message: String

    init(_ location: SourceLocation, _ message: String) {
        self.location = location
        self.message = message
    }
}
