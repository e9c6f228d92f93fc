/// A path with parameters in braces: `/items/{id}`.
package struct PathTemplate: Equatable, Sendable {
    /// The template as written.
    package var text: String
    package var segments: [Segment]

    package enum Segment: Equatable, Sendable {
        /// Text that is sent unchanged, including slashes.
        case literal(String)
        /// The wire name of a path parameter.
        case parameter(String)
    }
}
