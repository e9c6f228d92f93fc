/// A parameter in the path, the query or a header.
package struct Parameter: Sendable {
    package var field: Field
    package var style = Style.repeat

    /// The format of a parameter with several values.
    package enum Style: String, Sendable, CaseIterable {
        /// `?a=1&a=2`
        case `repeat`
        /// `?a=1,2`
        case comma
        /// `?a=1%202`
        case space
        /// `?a=1|2`
        case pipe
        /// `?a[]=1&a[]=2`
        case brackets
        /// `?a[b]=1`, for an object
        case deepObject
    }
}
